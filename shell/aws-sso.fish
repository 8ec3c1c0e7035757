# The suite for fish 3.1 and later: aws-sso-use, aws-sso-clear, aws-sso-profile, the hooks and the prompt.
#
# Set before this: __aws_sso_program (absolute path), __aws_sso_prompt (1: put the segment into fish_prompt),
# __aws_sso_directories (1: look at role files), __aws_sso_first (the memory of a shell that starts),
# __aws_sso_version (of this script, for AWS_SSO_HOOK).
# Set by the program with each answer, none of it exported or secret: __aws_sso_text and __aws_sso_color (the
# segment; \x1f stands for the time that is left), __aws_sso_expires and __aws_sso_renew_at (Unix times),
# __aws_sso_memory (for the program alone), __aws_sso_tree (the directory of the nearest .aws-sso-role) and
# __aws_sso_mark (a file with the time that the role file had), __aws_sso_eager (1: load keys at once),
# __aws_sso_skip (commands without AWS).
#
# `builtin` keeps functions of the same name away, which is what aliases are in fish. set, test, string, status,
# eval, return and what makes up the language need none: no function can have their names.

# Runs the program and evaluates what it printed, all of it or nothing. Tracing is off: it would show keys. What is
# said goes to /dev/null after --silent: a redirection of the function does not reach into the parentheses.
function __aws_sso_call
    set -l fish_trace
    set -l silent
    if test "$argv[1]" = --silent
        set silent 1
        set -e argv[1]
    end
    if not test -x $__aws_sso_program
        test -n "$silent"
        or builtin printf 'aws-sso: %s is not there any more: install it again\n' $__aws_sso_program >&2
        return 127
    end
    set -l output
    set -l program_status
    set -l call $argv[1] --memory="$__aws_sso_memory" --directories="$__aws_sso_directories" $argv[2..-1]
    if test -n "$silent"
        set output ($__aws_sso_program hook fish $call 2>/dev/null | string collect)
        set program_status $pipestatus[1]
    else
        set output ($__aws_sso_program hook fish $call | string collect)
        set program_status $pipestatus[1]
    end
    test $program_status -eq 0; or return $program_status
    builtin printf '%s\n' "$output" | builtin source
    __aws_sso_look
    set -g __aws_sso_seen $__aws_sso_shell
    return 0
end

function aws-sso-use --description 'Take an AWS role in this shell'
    set -l private
    set -q fish_private_mode; and set private --private
    __aws_sso_call use $private --helper-args="$AWS_SSO_HELPER_ARGS" -- $argv
end

function aws-sso-profile --description 'Take an AWS role in this shell'
    aws-sso-use $argv
end

function aws-sso-clear --description 'Leave the AWS role of this shell'
    __aws_sso_call clear --helper-args="$AWS_SSO_HELPER_ARGS" -- $argv
end

# What of the environment says which role this is. Others may change it: direnv, an `eval` typed by hand.
function __aws_sso_look
    set -g __aws_sso_shell "$AWS_SSO|$AWS_SSO_ROLE_ARN|$AWS_SSO_SESSION_EXPIRATION|$AWS_PROFILE|$AWS_ACCESS_KEY_ID"
end

# fish has no clock of its own. Newer ones know how long ago a file changed, and when that was.
if builtin path mtime -R / >/dev/null 2>&1
    function __aws_sso_now
        set -g __aws_sso_time (builtin math (builtin path mtime /) + (builtin path mtime -R /))
    end
else
    function __aws_sso_now
        set -g __aws_sso_time (command date +%s)
    end
end

# Whether the nearest role file is another one than the program knows, or has changed. Starts no process. What is
# walked is where the shell is, not what $PWD says: links and moved directories lie. Each command takes fish as long
# as several files, so it looks at six directories with one, and at that which it needs only where there is a file.
function __aws_sso_moved
    set -g __aws_sso_found
    # Where $PWD names another place, the directory was moved or deleted under the shell: only the program can tell
    # where that is, and is asked once.
    if not test . -ef "$PWD"
        if test "$__aws_sso_stood" != "lost:$PWD"
            set -g __aws_sso_stood "lost:$PWD"
            return 0
        end
        if test -z "$__aws_sso_tree"
            test -e .aws-sso-role
        else
            __aws_sso_changed
        end
        return
    end
    set -g __aws_sso_stood "$PWD"
    set -l up .
    while not test -e $up/.aws-sso-role -o -e $up/../.aws-sso-role -o -e $up/../../.aws-sso-role \
            -o -e $up/../../../.aws-sso-role -o -e $up/../../../../.aws-sso-role -o -e $up/../../../../../.aws-sso-role
        set up $up/../../../../..
        if test $up -ef / -o $up -ef "$HOME" -o ! -d $up
            test -n "$__aws_sso_tree"
            return
        end
    end
    while not test -e $up/.aws-sso-role
        set up $up/..
    end
    set -g __aws_sso_found "$PWD/$up"
    test $up -ef "$__aws_sso_tree"; or return 0
    __aws_sso_changed
end

# Whether the role file, or the trust in it, has changed since the program has looked at it.
function __aws_sso_changed
    test ! -e "$__aws_sso_tree/.aws-sso-role" -o "$__aws_sso_tree/.aws-sso-role" -nt "$__aws_sso_mark" \
        -o "$__aws_sso_tree/.aws-sso-role" -ot "$__aws_sso_mark"
end

# Brings the role to what the directory, the person and the program have decided: with --start where the shell starts.
function __aws_sso_sync
    set -g __aws_sso_told
    # A program that is gone is no news at every prompt.
    if not test -x $__aws_sso_program
        __aws_sso_forget
    else if not __aws_sso_call --silent sync $argv
        __aws_sso_forget
    end
    # Where the program has no word for what was found, it is not asked again.
    test -n "$__aws_sso_tree"; or set -g __aws_sso_tree $__aws_sso_found
end

# Runs at each change of the directory, before the command that follows it.
function __aws_sso_cd --on-variable PWD
    set -l fish_trace
    test -n "$__aws_sso_directories"; or return
    __aws_sso_moved; and __aws_sso_sync
end

# Runs before each prompt, and starts no process unless the role in the environment, or the directory, has changed.
function __aws_sso_hook --on-event fish_prompt
    set -l fish_trace
    # Before most prompts the role is the same and the segment still right. The time since the system was started is
    # the one clock that is read without a substitution, which would take longer than all of this.
    if test -n "$__aws_sso_redraw_at" -a -z "$__aws_sso_prompt$__aws_sso_eager" -a "$__aws_sso_seen" = \
            "$AWS_SSO|$AWS_SSO_ROLE_ARN|$AWS_SSO_SESSION_EXPIRATION|$AWS_PROFILE|$AWS_ACCESS_KEY_ID"
        # That the directory is the same, and nothing in it has changed, is told by one command as well.
        if test -z "$__aws_sso_tree"
            test -z "$__aws_sso_directories" -o "$PWD" = "$__aws_sso_stood" -a ! -e .aws-sso-role
        else
            test "$PWD" = "$__aws_sso_stood" -a . -ef "$PWD" -a -e "$__aws_sso_tree/.aws-sso-role" \
                -a ! "$__aws_sso_tree/.aws-sso-role" -nt "$__aws_sso_mark" \
                -a ! "$__aws_sso_tree/.aws-sso-role" -ot "$__aws_sso_mark" \
                -a \( ! -e .aws-sso-role -o . -ef "$__aws_sso_tree" \)
        end
        if test $status -eq 0
            test $__aws_sso_redraw_at = never; and return
            builtin read --local uptime rest </proc/uptime
            test $uptime -lt $__aws_sso_redraw_at; and return
        end
    end
    __aws_sso_look
    if test "$__aws_sso_shell" != "$__aws_sso_seen"
        __aws_sso_sync
    else if test -n "$__aws_sso_directories"
        __aws_sso_moved; and __aws_sso_sync
    end
    if test -n "$__aws_sso_eager"
        set -g __aws_sso_eager
        __aws_sso_renew
    end
    test -n "$__aws_sso_prompt"; and __aws_sso_place_segment
    __aws_sso_draw
end

# Without an answer nothing is shown rather than something wrong, and the role of a directory, which may have been
# left, goes.
function __aws_sso_forget
    for name in text expires renew_at redraw_at tree mark eager
        set -g __aws_sso_$name
    end
    if test -n "$AWS_SSO_DIRECTORY"
        test "$AWS_PROFILE" = "$AWS_SSO_PROFILE"; and set -e -g AWS_PROFILE
        if test -n "$AWS_SSO_SESSION_EXPIRATION"
            set -e -g AWS_ACCESS_KEY_ID
            set -e -g AWS_SECRET_ACCESS_KEY
            set -e -g AWS_SESSION_TOKEN
            set -e -g AWS_CREDENTIAL_EXPIRATION
        end
        if test -n "$AWS_SSO_DEFAULT_REGION"
            test "$AWS_REGION" = "$AWS_SSO_DEFAULT_REGION"; and set -e -g AWS_REGION
            test "$AWS_DEFAULT_REGION" = "$AWS_SSO_DEFAULT_REGION"; and set -e -g AWS_DEFAULT_REGION
            set -e -g AWS_SSO_DEFAULT_REGION
        end
        for name in '' _PROFILE _ROLE_ARN _ACCOUNT_ID _ROLE_NAME _SESSION_EXPIRATION _DIRECTORY
            set -e -g AWS_SSO$name
        end
    end
    __aws_sso_look
    set -g __aws_sso_seen $__aws_sso_shell
end

# Puts the time that is left into the segment.
function __aws_sso_draw
    if test -z "$__aws_sso_text"
        set -g AWS_SSO_SEGMENT
        set -g __aws_sso_redraw_at never
        return
    end
    set -l left
    set -g __aws_sso_redraw_at
    if test -n "$__aws_sso_expires"
        __aws_sso_now
        set -l seconds (builtin math $__aws_sso_expires - $__aws_sso_time)
        if test -r /proc/uptime
            builtin read --local uptime rest </proc/uptime
            set __aws_sso_redraw_at (builtin math $uptime + $seconds % 60 + 1)
        end
        if test $seconds -le 0
            set left expired
            set __aws_sso_redraw_at never
        else if test $seconds -lt 60
            set left '<1m'
        else if test $seconds -lt 3600
            set left (builtin math --scale=0 $seconds / 60)m
        else
            set left (builtin math --scale=0 $seconds / 3600)h(builtin math --scale=0 $seconds % 3600 / 60)m
        end
    else
        # Nothing in it changes with time.
        set -g __aws_sso_redraw_at never
    end
    if test -z "$__aws_sso_expires" -a \( -n "$__aws_sso_renew_at" -o -z "$AWS_PROFILE" \)
        set left '○' # a role whose credentials are not in this shell
    end
    set -l text (string replace --all -- \x1f "$left" "$__aws_sso_text" | string trim --right | string collect)
    if test -n "$__aws_sso_color"
        set text \e"[$__aws_sso_color"m$text\e'[0m'
    end
    set -g AWS_SSO_SEGMENT "$text "
end

# Puts the segment in front of the prompt, once: before the first prompt, when config.fish has had its say. Not
# where somebody else draws the prompt, or where the person shows it already.
function __aws_sso_place_segment
    set -g __aws_sso_prompt
    test -z "$STARSHIP_SHELL$POSH_SHELL$POSH_THEME$LP_VERSION"; or return
    builtin functions --query _tide_prompt; and return
    builtin functions --query fish_prompt; or return
    set -l drawn (builtin functions fish_prompt; builtin functions fish_right_prompt 2>/dev/null)
    string match --quiet --regex 'AWS_SSO_(SEGMENT|PROFILE)' -- $drawn; and return
    # A name for each time this is done: the prompt of now may call the one that was made before.
    set -l number 1
    while builtin functions --query __aws_sso_their_prompt_$number
        set number (builtin math $number + 1)
    end
    set -l theirs __aws_sso_their_prompt_$number
    builtin functions --copy fish_prompt $theirs
    # Their prompt may show the status of the last command, so it is given back to it.
    function fish_prompt --inherit-variable theirs
        set -l statuses $pipestatus
        builtin printf %s "$AWS_SSO_SEGMENT"
        # Only a pipeline sets $pipestatus, and only what follows it in the same place sees it.
        eval (string join ' | ' -- '__aws_sso_exit '$statuses)'; $theirs $argv'
    end
end

function __aws_sso_exit
    return $argv[1]
end

# Gets new credentials. Where there are none to be had it says so once, and tries again after half a minute.
function __aws_sso_renew
    if test -n "$__aws_sso_told"
        __aws_sso_call --silent renew
    else
        __aws_sso_call renew
    end
    if test $status -eq 0
        set -g __aws_sso_told
    else
        set -g __aws_sso_told 1
        __aws_sso_now
        set -g __aws_sso_renew_at (builtin math $__aws_sso_time + 30)
    end
end

# Runs between Enter and the command. What is built into the shell, and this program itself, needs no credentials;
# nor does what is named by LazySkip need the first ones.
function __aws_sso_preexec --on-event fish_preexec
    set -l fish_trace
    # Whoever ran after us before the prompt (direnv) may have changed the role.
    __aws_sso_look
    test "$__aws_sso_shell" = "$__aws_sso_seen"; or __aws_sso_sync
    test -n "$__aws_sso_renew_at"; or return
    __aws_sso_now
    test $__aws_sso_time -ge $__aws_sso_renew_at; or return
    # Where a command behind a `cd` will run is not known: by its name the role is asked for there.
    test -z "$__aws_sso_expires"; and string match --quiet --regex '(cd|pushd)\\s' -- "$argv"; and return
    # More than one command: one of them is likely to need credentials.
    if not string match --quiet --regex '[;|&(\n]' -- (string trim -- "$argv" | string collect)
        set -l first (string split --max 1 -- ' ' (string trim -- "$argv"))[1]
        switch "$first"
            case '' '#*' aws-sso 'aws-sso-*'
                return
            case and begin builtin command eval exec for if not or source switch time while . !
                # These run others.
            case '*'
                builtin --query -- $first; and return
                test -z "$__aws_sso_expires"; and string match --quiet -- "* $first *" "$__aws_sso_skip"; and return
        end
    end
    __aws_sso_renew
end

function __aws_sso_init
    if not status is-interactive
        builtin functions --erase __aws_sso_hook __aws_sso_preexec __aws_sso_cd
        return
    end
    set -gx AWS_SSO_HOOK "$fish_pid:$__aws_sso_version"
    set -l start --start
    if test -n "$__aws_sso_memory"
        set start
        # The file was read again: the program tells at the next prompt what this shell is at.
        test "$__aws_sso_memory" = "$__aws_sso_first"; or set -g __aws_sso_seen
    else
        set -g __aws_sso_memory $__aws_sso_first
    end
    test -n "$__aws_sso_directories"; or return 0
    if __aws_sso_moved; or test -n "$AWS_SSO_DIRECTORY"
        __aws_sso_sync $start
    end
    return 0
end
