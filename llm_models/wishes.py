"""Words that people give as capabilities, as data; read only for an error."""

MEANT = {
    **dict.fromkeys(("vision", "image", "images", "image_input"), "input=['image']"),
    "audio": "input=['audio']",
    "video": "input=['video']",
    "pdf": "input=['pdf']",
    "files": "require=['attachments']",
    "image_generation": "output=['image']",
    "speech": "output=['audio']",
    "embedding": "require=['embeddings']",
    "rerank": "kind=['rerank']",
    "function_calling": "require=['tools']",
    "structured_output": "require=['json_schema']",
    "thinking": "require=['reasoning']",
    "cheap": "order_by='price'",
    "free": "free=True",
    "open": "open_weights=True",
    "open_weights": "open_weights=True",
    "deprecated": "lifecycle=['ga', 'preview'] for models that are not deprecated",
    "retired": "lifecycle='current', which holds by default",
    "preview": "lifecycle=['preview']",
}
"""Words that people give as capabilities -> the condition that they mean."""
