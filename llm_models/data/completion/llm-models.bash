# Completion of llm-models for bash; `llm-models completion bash` prints this file.
_llm_models() {
    local answer kind value files=
    COMPREPLY=()
    # The line up to the cursor: bash splits its words at a colon, too.
    answer=$(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
        _LLM_MODELS_COMPLETE=bash_complete "${1/#\~\//$HOME/}" 2>/dev/null) || return 0
    while IFS=, read -r kind value; do
        case $kind in
            plain) COMPREPLY+=("$value") ;;
            file | dir) files=$kind ;;
        esac
    done <<< "$answer"
    if [ -n "$files" ] && [ ${#COMPREPLY[@]} = 0 ]; then
        [ "$files" = file ] && compopt -o default -o filenames 2>/dev/null
        [ "$files" = dir ] && compopt -o dirnames -o filenames 2>/dev/null
    elif [ -n "$files" ]; then
        while IFS= read -r value; do
            [ -z "$value" ] || COMPREPLY+=("$value")
        done <<< "$(compgen -f -- "$2")"
        compopt -o filenames 2>/dev/null
    else
        case ${COMPREPLY[0]-} in *[:=.]) compopt -o nospace 2>/dev/null ;; esac
    fi
    return 0
}
complete -o nosort -F _llm_models llm-models 2>/dev/null || complete -F _llm_models llm-models
