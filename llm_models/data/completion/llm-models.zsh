#compdef llm-models
# Completion of llm-models for zsh; `llm-models completion zsh` prints this file.
_llm_models() {
    local kind value told head= files= ret=1
    local -a answer whole begun
    answer=("${(@f)$(env COMP_WORDS="${(j: :)words[1,CURRENT-1]} $IPREFIX$QIPREFIX$PREFIX" \
        _LLM_MODELS_COMPLETE=zsh_complete ${~words[1]} 2>/dev/null)}")
    for kind value told in "${(@)answer}"; do
        case $kind in
            plain)
                # _describe reads the first colon as the end of the word.
                case $value in
                    *[:=.]) begun+=("${value//:/\\:}${${told:#_}:+:$told}") ;;
                    *) whole+=("${value//:/\\:}${${told:#_}:+:$told}") ;;
                esac ;;
            file|dir) files=$kind head=$value ;;
        esac
    done
    (( $#whole )) && _describe -V llm-models whole && ret=0
    (( $#begun )) && _describe -V llm-models begun -S '' && ret=0
    if [[ -n $files ]]; then
        [[ -n $head ]] && compset -P '*='
        if [[ $files == dir ]]; then _files -/ && ret=0; else _files && ret=0; fi
    fi
    return ret
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _llm_models "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _llm_models llm-models
fi
