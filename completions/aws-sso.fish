
# Completion for fish. The candidates are plain text: fish escapes what it inserts.
function __aws_sso_complete
    set -l fish_trace
    test -x $__aws_sso_program; or return
    set -l words (builtin commandline --tokenize --cut-at-cursor --current-process)
    set -l current (builtin commandline --current-token --cut-at-cursor)
    # The token as it was typed, quotes and all: what it means is for fish to say.
    set -l value (string unescape -- $current 2>/dev/null; or string trim --left --chars '\'"' -- $current)
    set -l lines ($__aws_sso_program hook fish complete -- $words "$value" 2>/dev/null)
    switch "$lines[1]"
        case files
            # As for a command that is not known, which takes files. `'' ` is one.
            builtin complete --do-complete "'' $current"
        case 'command *'
            # The command of `exec` and what belongs to it: not ours to know.
            set -l from (builtin math (builtin count $words) - (string replace 'command ' '' -- $lines[1]) + 1)
            set -l rest
            test $from -le (builtin count $words); and set rest (string escape -- $words[$from..-1])
            builtin complete --do-complete (string join ' ' -- $rest $current)
        case words
            set -q lines[2]; and builtin printf '%s\n' $lines[2..-1]
    end
end

if status is-interactive
    for name in aws-sso aws-sso-use aws-sso-profile aws-sso-clear
        builtin complete --command $name --erase
        builtin complete --command $name --no-files --arguments '(__aws_sso_complete)'
    end
end
