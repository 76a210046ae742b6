"""Words that people give as capabilities, as data; read only for an error."""

MEANT: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("vision", "image", "images", "image_input"), ("input", ("image",))),
    "audio": ("input", ("audio",)),
    "video": ("input", ("video",)),
    "pdf": ("input", ("pdf",)),
    "files": ("require", ("attachments",)),
    "image_generation": ("output", ("image",)),
    "speech": ("output", ("audio",)),
    "embedding": ("require", ("embeddings",)),
    "rerank": ("kind", ("rerank",)),
    "function_calling": ("require", ("tools",)),
    "structured_output": ("require", ("json_schema",)),
    "thinking": ("require", ("reasoning",)),
    "cheap": ("order_by", ("price",)),
    "free": ("free", ()),
    "open": ("open_weights", ()),
    "open_weights": ("open_weights", ()),
    "deprecated": ("lifecycle", ("ga", "preview")),
    "retired": ("lifecycle", ("current",)),
    "preview": ("lifecycle", ("preview",)),
}
"""Words that people give as capabilities -> the condition that they mean: an argument and its values, none for True."""
