# Completion of llm-models for fish; `llm-models completion fish` prints this file.
function __llm_models_complete
    set -l command (commandline -opc)[1]
    set -l line (commandline -cp | string collect)
    set -l answer (env _LLM_MODELS_COMPLETE=fish_complete COMP_WORDS="$line" \
        (string replace -r '^~/' "$HOME/" -- $command) 2>/dev/null)
    while set -q answer[3]
        switch $answer[1]
            case plain
                if test "$answer[3]" = _
                    echo $answer[2]
                else
                    printf '%s\t%s\n' $answer[2] $answer[3]
                end
            case file
                set -l typed (string sub -s (math (string length -- "$answer[2]") + 1) -- (commandline -ct))
                for path in (__fish_complete_path "$typed")
                    echo $answer[2]$path
                end
            case dir
                __fish_complete_directories (commandline -ct) ''
        end
        set answer $answer[4..-1]
    end
end
complete -c llm-models -e
complete -c llm-models -f -k -a '(__llm_models_complete)'
