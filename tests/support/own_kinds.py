"""Ids of models that people serve themselves, as literal data: of Ollama, vLLM, LM Studio, TEI and others."""

from __future__ import annotations

OWN: dict[str, str] = {
    "embedding": """
        all-minilm sentence-transformers/paraphrase-MiniLM-L3-v2 paraphrase-multilingual colbert-v2
        all-MiniLM-L6-v2 bge-m3 bge-large-en-v1.5 nomic-embed-text:latest text-embedding-nomic-embed-text-v1.5
        mxbai-embed-large snowflake-arctic-embed2:568m granite-embedding:278m qwen3-embedding:8b
        embeddinggemma intfloat/e5-mistral-7b-instruct intfloat/multilingual-e5-large thenlper/gte-large
        Alibaba-NLP/gte-Qwen2-7B-instruct jinaai/jina-embeddings-v3 jina-clip-v2 voyage-3
        cohere.embed-english-v3 amazon.titan-embed-text-v2:0 all-minilm:22m all-minilm:l6-v2
        paraphrase-multilingual:278m sentence-transformers/all-mpnet-base-v2 all-MiniLM-L12-v2.gguf
        multi-qa-MiniLM-L6-cos-v1 colbert-ir/colbertv2.0 jinaai/jina-colbert-v2
        answerdotai/answerai-colbert-small-v1 lightonai/GTE-ModernColBERT-v1 lightonai/Reason-ModernColBERT
        naver/splade-v3 prithivida/Splade_PP_en_v1 naver/splade-cocondenser-ensembledistil
        NovaSearch/stella_en_1.5B_v5 dunzhang/stella_en_400M_v5 Snowflake/snowflake-arctic-embed-l-v2.0
        thenlper/gte-small Alibaba-NLP/gte-multilingual-base gte-modernbert-base e5-large-v2 e5-base e5 bge
        bge-m3:567m BAAI/bge-multilingual-gemma2 hkunlp/instructor-xl hkunlp/instructor-large
        sentence-transformers/LaBSE sentence-transformers/distiluse-base-multilingual-cased-v2
        WhereIsAI/UAE-Large-V1 nomic-ai/nomic-embed-vision-v1.5 nomic-ai/modernbert-embed-base
        openai/clip-vit-large-patch14 laion/CLIP-ViT-H-14-laion2B-s32B-b79K google/siglip-so400m-patch14-384
        google/siglip2-base-patch16-224 facebook/contriever facebook/dino-v2 BAAI/bge-visualized
        Salesforce/SFR-Embedding-Mistral nvidia/NV-Embed-v2 Linq-AI-Research/Linq-Embed-Mistral
        sentence-transformers/gtr-t5-large sentence-transformers/sentence-t5-xxl vidore/colpali-v1.3
        vidore/colqwen2-v1.0 vidore/colSmol-500M mixedbread-ai/mxbai-embed-large-v1
        mixedbread-ai/mxbai-colbert-large-v1 mixedbread-ai/deepset-mxbai-embed-de-large-v1
        intfloat/multilingual-e5-large-instruct minilm static-retrieval-mrl-en-v1 potion-base-8M
        minishlab/potion-base-32M voyage-code-3 text-embedding-ada-002 text-embedding-3-small
        text-multilingual-embedding-002 jina-embeddings-v2-base-de ollama/nomic-embed-text
        ggml-org/embeddinggemma-300M-GGUF snowflake-arctic-l-v2 msmarco-distilbert-base-v4
        msmarco-bert-base-dot-v5 tei-bge-small
        nomic-embed-text:v1.5 mxbai-embed-large:335m snowflake-arctic-embed2 all-minilm:33m bge-m3:latest
        bge-large granite-embedding:30m embeddinggemma:300m qwen3-embedding:0.6b BAAI/bge-small-en-v1.5
        sentence-transformers/all-MiniLM-L6-v2 intfloat/e5-small-v2 thenlper/gte-base
        Alibaba-NLP/gte-large-en-v1.5 text-embedding-nomic-embed-text-v1.5@q8_0 text-embedding-bge-m3
        michaelfeil/bge-small-en-v1.5 bert-embeddings jinaai/jina-embeddings-v2-base-code
        Qwen/Qwen3-Embedding-4B nvidia/llama-embed-nemotron-8b ibm-granite/granite-embedding-english-r2
        infly/inf-retriever-v1 nomic-ai/nomic-embed-code my-embedder embed-v3 corp-embeddings-prod
        google/embeddinggemma-300m dunzhang/stella_en_1.5B_v5 sentence-transformers/all-distilroberta-v1
        sentence-transformers/multi-qa-mpnet-base-dot-v1 nomic-bert-2048
    """,
    "rerank": """
        BAAI/bge-reranker-v2-m3 Qwen/Qwen3-Reranker-8B jina-reranker-m0 mixedbread-ai/mxbai-rerank-large-v2
        rerank-english-v3.0 cohere.rerank-v3-5:0 cross-encoder/ms-marco-MiniLM-L6-v2
        cross-encoder/ms-marco-MiniLM-L-12-v2 castorini/monot5-base-msmarco zeroentropy/zerank-1 zerank-2
        ctxl-rerank-v2-1b nvidia/nv-rerankqa-mistral-4b-v3 Alibaba-NLP/gte-multilingual-reranker-base
        ms-marco-TinyBERT-L-2-v2
        BAAI/bge-reranker-base mixedbread-ai/mxbai-rerank-xsmall-v1 jina-reranker-v2-base-multilingual
        cross-encoder/ms-marco-MiniLM-L-6-v2 Qwen/Qwen3-Reranker-0.6B bge-reranker-v2-m3-gguf
        dengcao/Qwen3-Reranker-4B:Q5_K_M my-reranker
    """,
    "transcription": """
        whisper-1 whisper-large-v3 gpt-4o-transcribe Systran/faster-whisper-large-v3
        distil-whisper/distil-large-v3 openai/whisper-tiny.en ggml-large-v3-turbo.bin
        nvidia/parakeet-tdt-0.6b-v3 nvidia/canary-1b-flash nvidia/canary-qwen-2.5b canary-180m-flash
        facebook/wav2vec2-base-960h facebook/wav2vec2-large-xlsr-53 facebook/hubert-large-ls960-ft
        facebook/seamless-m4t-v2-large UsefulSensors/moonshine-base moonshine-tiny kyutai/stt-1b-en_fr
        FunAudioLLM/SenseVoiceSmall Qwen/Qwen3-ASR-1.7B funasr/paraformer-zh iic/Fun-ASR-Nano
        mistralai/Voxtral-Mini-3B-Transcribe gpt-4o-mini-transcribe ibm-granite/granite-speech-3.3-8b
        whisperx-large-v2 whisper deepgram/nova-3 assemblyai/universal-2 vosk-model-en-us-0.22
        pyannote/speaker-diarization-3.1
        Systran/faster-whisper-small Systran/faster-distil-whisper-large-v3
        deepdml/faster-whisper-large-v3-turbo-ct2 whisper-base whisper-large-turbo ggml-base.en
        ggml-large-v3.bin ggml-tiny.en-q5_1.bin whisper.cpp openai/whisper-large-v3-turbo
        nvidia/parakeet-ctc-1.1b parakeet-tdt-0.6b-v2 mlx-community/whisper-large-v3-mlx
        mlx-community/parakeet-tdt-0.6b-v3 Qwen/Qwen3-ASR-0.6B
    """,
    "speech": """
        tts-1 kokoro hexgrad/Kokoro-82M kokoro-v1.0.onnx rhasspy/piper-voices piper en_US-lessac-medium.piper
        coqui/XTTS-v2 xtts_v2 xtts ResembleAI/chatterbox chatterbox-turbo suno/bark bark-small tts-1-hd
        gpt-4o-mini-tts parler-tts/parler-tts-mini-v1 fishaudio/fish-speech-1.5 fish-speech openaudio-s1-mini
        myshell-ai/MeloTTS-English canopylabs/orpheus-3b-0.1-ft sesame/csm-1b nari-labs/Dia-1.6B SWivid/F5-TTS
        F5-TTS FunAudioLLM/CosyVoice2-0.5B CosyVoice-300M-SFT IndexTeam/IndexTTS-2 SparkAudio/Spark-TTS-0.5B
        microsoft/VibeVoice-1.5B VibeVoice-Large facebook/mms-tts-eng microsoft/speecht5_tts styletts2
        yl4579/StyleTTS2-LJSpeech neuphonic/neutts-air KittenML/kitten-tts-nano-0.1
        Zyphra/Zonos-v0.1-transformer bosonai/higgs-audio-v2-generation-3B-base maskgct OuteAI/OuteTTS-0.3-1B
        kyutai/tts-1.6b-en_fr aura-2-thalia-en eleven_multilingual_v2 eleven_flash_v2_5 supertonic voxcpm-0.5b
        openvoice-v2 openbmb/VoxCPM1.5 qwen3-tts-flash gpt-sovits
        speaches-ai/Kokoro-82M-v1.0-ONNX piper-en_US-amy-low voice-en-us-amy-low en_US-lessac-medium bark
        bark.cpp coqui-xtts f5-tts dia-1.6b orpheus-3b chatterbox vibevoice mlx-community/Kokoro-82M-bf16
        speaches-ai/piper-en_US-amy-low
    """,
    "image": """
        dall-e-3 stable-diffusion-xl black-forest-labs/FLUX.1-schnell gpt-image-2
        stabilityai/stable-diffusion-xl-base-1.0 stabilityai/stable-diffusion-3.5-large stabilityai/sdxl-turbo
        sdxl sd-turbo sd3.5-medium sd-v1-5 v1-5-pruned-emaonly.safetensors sd_xl_base_1.0.safetensors flux
        flux-dev flux1-dev flux.1-dev flux.1-kontext-dev black-forest-labs/FLUX.2-dev FLUX.1-Krea-dev
        FLUX.2-klein-4B flux-2-pro Qwen/Qwen-Image Qwen/Qwen-Image-Edit-2509 Tongyi-MAI/Z-Image-Turbo
        HiDream-ai/HiDream-I1-Full PixArt-alpha/PixArt-XL-2-1024-MS PixArt-Sigma
        kandinsky-community/kandinsky-2-2-decoder playgroundai/playground-v2.5-1024px-aesthetic
        SimianLuo/LCM_Dreamshaper_v7 Lykon/dreamshaper-8 dreamshaper ByteDance/SDXL-Lightning stablediffusion
        segmind/SSD-1B imagen-4.0 imagen-4 ideogram-v3 recraft-v3 midjourney-v7 seedream-4-0
        tencent/HunyuanImage-3.0 hunyuan-image-3 stable-cascade deepfloyd/IF-I-XL-v1.0 fal-ai/AuraFlow
        janus-pro-7b-image Kwai-Kolors/Kolors Efficient-Large-Model/Sana_1600M_1024px realistic-vision-v6
        juggernaut-xl-v9 timbrooks/instruct-pix2pix lllyasviel/sd-controlnet-canny sd35-large
        amazon.titan-image-generator-v2:0 amazon.nova-canvas-v1:0 stability.sd3-5-large-v1:0
        stability.stable-image-ultra-v1:1 chroma1-hd lodestones/Chroma1-HD nano-banana-pro photon-1
        real-esrgan-x4plus
        stable-diffusion-3-medium flux.1-schnell flux.1dev-abliterated flux1-dev-fp8.safetensors
        sd3.5_large.safetensors sd_xl_turbo_1.0_fp16.safetensors v1-5-pruned-emaonly-fp16.safetensors
        qwen_image_fp8_e4m3fn.safetensors hidream_i1_dev_fp8.safetensors z-image-turbo animagine-xl
        juggernautXL_v9.safetensors x/z-image-turbo x/flux2-klein pony-diffusion-v6-xl
        sdxl_lightning_4step.safetensors
    """,
    "video": """
        veo-3.1 Wan-AI/Wan2.2-T2V-A14B Wan-AI/Wan2.1-I2V-14B-720P Wan-AI/Wan2.2-TI2V-5B wan2.2 wan2.1-t2v-1.3b
        wan-2.5 Lightricks/LTX-Video ltx-video ltxv-13b-0.9.8 LTX-2 tencent/HunyuanVideo hunyuanvideo
        hunyuan-video hunyuan-video-1.5 THUDM/CogVideoX-5b cogvideox-2b genmo/mochi-1-preview
        stabilityai/stable-video-diffusion-img2vid-xt svd-xt hpcai-tech/Open-Sora open-sora-v2 sora-2 kling-v2
        kling-2.1-master hailuo-02 minimax/video-01 runway-gen4 gen4_turbo gen3a_turbo luma-ray-2 ray-2
        amazon.nova-reel-v1:1 seedance-1-0-pro guoyww/animatediff-motion-adapter-v1-5-2 SkyReels-V2
        Skywork/SkyReels-V2-T2V-14B-720P pika-2.2 vidu-q1 pixverse-v5 text-to-video-ms-1.7b zeroscope_v2_576w
        framepack-i2v
        wan2.2_ti2v_5B_fp16.safetensors hunyuan_video_t2v_720p_bf16.safetensors ltx-video-2b-v0.9.safetensors
        svd_xt.safetensors wan-2.1-i2v-14b-480p-ggml mochi_preview_bf16.safetensors wan2.2-t2v
    """,
    "music": """
        facebook/musicgen-small musicgen-large facebook/audiogen-medium stabilityai/stable-audio-open-1.0
        stable-audio-2.5 lyria-2 lyria-realtime ACE-Step/ACE-Step-v1-3.5B ace-step
        m-a-p/YuE-s1-7B-anneal-en-cot suno-v4 suno-v4.5 riffusion/riffusion-model-v1
        facebook/magnet-small-10secs minimax/music-1.5 DiffRhythm-full cvssp/audioldm2 udio-v1
        musicgen-stereo-melody ace_step_v1_3.5b.safetensors stable-audio-open-1.0.safetensors
        stable_audio_open_1.0.safetensors
    """,
    "moderation": """
        omni-moderation-latest text-moderation-latest mistral-moderation-latest
        google/shieldgemma-2-4b-it-x-moderation KoalaAI/Text-Moderation amazon-moderation
        Falconsai/nsfw_image_detection
        omni-moderation text-moderation-stable
    """,
    "classifier": """
        meta-llama/Llama-Prompt-Guard-2-86M protectai/deberta-v3-base-prompt-injection-v2 unitary/toxic-bert
        cardiffnlp/twitter-roberta-base-sentiment-latest facebook/bart-large-mnli
        MoritzLaurer/DeBERTa-v3-large-mnli-fever-anli-ling-wanli
        distilbert-base-uncased-finetuned-sst-2-english ProsusAI/finbert dslim/bert-base-NER
        urchade/gliner_multi-v2.1 google/vit-base-patch16-224 microsoft/resnet-50 facebook/detr-resnet-50
        ultralytics/yolov8 yolo11n google-bert/bert-base-uncased FacebookAI/roberta-large xlm-roberta-base
        microsoft/deberta-v3-base answerdotai/ModernBERT-base facebook/sam-vit-huge facebook/sam2-hiera-large
        IDEA-Research/grounding-dino-base
        ProtectAI/deberta-v3-base-prompt-injection-v2 SamLowe/roberta-base-go_emotions
        cardiffnlp/twitter-roberta-base-sentiment
    """,
    "completion": """
        davinci-002 babbage-002 gpt-3.5-turbo-instruct text-davinci-003 text-curie-001 text-ada-001
        code-davinci-002 openai-community/gpt2 gpt2 gpt2-xl EleutherAI/gpt-j-6b EleutherAI/gpt-neox-20b
        EleutherAI/pythia-1.4b distilgpt2
    """,
    "translation": """
        facebook/nllb-200-distilled-600M Helsinki-NLP/opus-mt-en-de facebook/m2m100_418M
        google/madlad400-3b-mt facebook/mbart-large-50-many-to-many-mmt facebook/bart-large-cnn
        google/pegasus-xsum t5-small google-t5/t5-base google/flan-t5-xl
    """,
    "chat": """
        llama3.3:70b qwen2.5-coder:32b-instruct-q4_K_M llama-guard3:8b gemma-3-27b-it gemma-4-26b-a4b-it
        voyager voyager-7b flux-chat whisperer-7b whisper-co/llama-3 snowflake-arctic-instruct
        snowflake-arctic arctic-7b stella-chat-7b instructor-chat kolors-chat sana-7b barkley-8b piperchat-7b
        canary-chat-7b canary-7b-instruct kokoro-chat mochi-7b-chat dia-chat wanderer-7b wan-7b-chat
        pixtral-12b colossal-7b dolphin-mixtral:8x7b nova-2-lite nova-3 hunyuan-large hunyuan-7b-instruct
        tencent/Hunyuan-A13B-Instruct janus-pro-7b deepseek-ocr olmocr-7b minimax-m2 mistral-nemo phi-4-mini
        gpt-oss:20b smollm2:135m granite3.3:8b granite-code:8b qwen2.5-vl:7b llava:13b moondream bakllava
        codellama starcoder2:15b-instruct deepseek-r1:14b openhermes nous-hermes2 yi:34b aya-expanse:8b
        command-r7b solar-pro falcon3:10b orca-mini zephyr tinyllama vicuna stablelm2 stablelm-zephyr
        stable-code:3b sdar-30b-chat sd-llm-7b magistral:24b devstral cogito:14b exaone3.5 olmo2:13b marco-o1
        qwq openthinker deepscaler phi4-reasoning mixtral-8x22b wizardlm2 athene-v2 reader-lm nuextract
        bespoke-minicheck shieldgemma:9b granite3-guardian:8b Qwen/Qwen2-Audio-7B-Instruct qwen2.5-omni-7b
        ultravox-v0_5-llama-3_2-1b voxtral-small-24b-2507 glm-4-voice-9b kimi-audio-7b-instruct suno-like-8b
        lyrical-7b musician-7b recraft-llm photon-llm-7b ace-7b-chat videollama3-7b videochat-7b
        internvideo2-chat-8b llava-video-7b clip-chat-7b siglip-llava-7b bert-chat-7b roberta-llm bertie-7b
        sam-chat-8b samantha-7b samantha-mistral:7b gpt2-chatbot im-also-a-good-gpt2-chatbot pythia-chat-12b
        dolly-v2-3b gpt-neoxt-chat-base-20b openchat_3.5 e5x-7b bgem-chat ray-chat pika-chat-7b sora-like-7b
        mini-omni2 dreamgen-llm playground-llm-7b ltx-chat
        llama3.2:3b llama3.3:70b-instruct-q4_K_M qwen3:30b-a3b qwen2.5-coder:14b deepseek-r1:8b
        gemma3:12b-it-qat phi4-mini:latest command-r-plus embed-chat-router chat-embed-router
        smollm2:1.7b-instruct codellama:13b-instruct starcoder2:15b minicpm-v meta-llama/Llama-3.1-8B-Instruct
        Qwen/Qwen2.5-VL-7B-Instruct mistralai/Mistral-Small-3.2-24B-Instruct-2506
        NousResearch/Hermes-3-Llama-3.1-8B lmstudio-community/Meta-Llama-3.1-8B-Instruct-GGUF
        bartowski/Qwen2.5-14B-Instruct-GGUF mlx-community/Qwen3-4B-4bit hermes-2-pro-mistral phi-2-chat
        llama-3-8b-instruct.gguf openhermes:7b nous-hermes2:34b yi:34b-chat solar:10.7b router-7b
        whisper-chat-7b-instruct voice-assistant-llama image-captioner-llama-instruct embedded-systems-coder-7b
        music-chat-7b flux-chat-7b rerank-free-chat-7b exaone3.5:7.8b nemotron-mini internlm2:7b glm4:9b
        deepseek-v3.1:671b-cloud kimi-k2-instruct qwq:32b devstral:24b wizardlm2:7b stablelm2:1.6b-chat
        neural-chat:7b zephyr:7b-beta starling-lm:7b vicuna:13b livecode-7b-instruct alive-13b gte-chat-7b
        summarizer-prod translate-gemma-it mini-lmstudio-chat sam-7b-chat imagine-13b-chat veogpt
    """,
}
"""Kind -> ids, separated by white space. Some of the chat models are invented: they resemble those of a rule."""
