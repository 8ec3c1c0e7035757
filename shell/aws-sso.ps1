# The suite for PowerShell 7.2 and later, and Windows PowerShell 5.1 where it can: aws-sso-use, aws-sso-clear,
# aws-sso-profile, the hook and the prompt.
#
# Set before this: __aws_sso_program (path), __aws_sso_prompt ('1': put the segment in front of the prompt).
# Set by the program with each role, none of it in the environment or secret: __aws_sso_text and __aws_sso_color
# (the segment; character 31 stands for the time that is left), __aws_sso_expires and __aws_sso_early_at (Unix
# times), __aws_sso_previous (for `aws-sso-use -`).
#
# Everything is global: the script may be evaluated within a function. Strict mode forbids to read a variable that
# was never set, so all of them are set here, unless they are there already.

foreach ($name in '__aws_sso_text', '__aws_sso_color', '__aws_sso_expires', '__aws_sso_renew_at', '__aws_sso_early_at',
    '__aws_sso_previous', '__aws_sso_seen', '__aws_sso_told', '__aws_sso_their_prompt', '__aws_sso_shown', 'AWS_SSO_SEGMENT') {
    if (-not (Microsoft.PowerShell.Utility\Get-Variable -Name $name -Scope Global -ErrorAction Ignore)) {
        Microsoft.PowerShell.Utility\Set-Variable -Name $name -Scope Global -Value ''
    }
}

# Runs the program and evaluates what it printed, all of it or nothing. Leaves the program's status behind.
function global:__aws_sso_call {
    $output = & $global:__aws_sso_program hook powershell @args
    $status = $global:LASTEXITCODE
    if ($status -eq 0 -and $output) {
        # Native output comes in lines.
        Microsoft.PowerShell.Utility\Invoke-Expression -Command (@($output) -join "`n")
        $global:__aws_sso_seen = __aws_sso_look
    }
    $global:LASTEXITCODE = $status
}

# Windows PowerShell drops empty arguments and does not escape quotes, so what a person typed travels in a variable.
function global:__aws_sso_run([string] $Verb, [string[]] $Words) {
    try {
        $env:__AWS_SSO_WORDS = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Words -join "`0"))
        __aws_sso_call $Verb '--words-from-environment'
    } finally {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath Env:__AWS_SSO_WORDS -ErrorAction Ignore
    }
}

function global:aws-sso-use {
    __aws_sso_run 'use' (@("--previous=$global:__aws_sso_previous", '--') + $args)
}

function global:aws-sso-profile {
    aws-sso-use @args
}

function global:aws-sso-clear {
    __aws_sso_run 'clear' (@('--') + $args)
}

# What of the environment says which role this is. Others may change it.
function global:__aws_sso_look {
    "$env:AWS_SSO|$env:AWS_SSO_ROLE_ARN|$env:AWS_SSO_SESSION_EXPIRATION|$env:AWS_PROFILE|$env:AWS_ACCESS_KEY_ID"
}

function global:__aws_sso_now {
    [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
}

# Runs before each prompt, and starts no process unless the role in the environment has changed or its credentials
# are due: PowerShell has nothing that runs between Enter and the command.
function global:__aws_sso_hook {
    if ((__aws_sso_look) -ne $global:__aws_sso_seen) {
        $global:__aws_sso_told = ''
        __aws_sso_call 'sync' 2>$null
        if ($global:LASTEXITCODE -ne 0) {
            # Nothing is shown rather than something wrong, and it is not tried again.
            $global:__aws_sso_seen = __aws_sso_look
            $global:__aws_sso_text = $global:__aws_sso_expires = $global:__aws_sso_early_at = ''
        }
    }
    if ($global:__aws_sso_early_at -and (__aws_sso_now) -ge [long] $global:__aws_sso_early_at) {
        __aws_sso_renew
    }
    __aws_sso_draw
}

# Gets new credentials. Where there are none to be had it says so once, and tries again after half a minute.
function global:__aws_sso_renew {
    if ($global:__aws_sso_told) {
        __aws_sso_call 'renew' 2>$null
    } else {
        __aws_sso_call 'renew'
    }
    if ($global:LASTEXITCODE -eq 0) {
        $global:__aws_sso_told = ''
    } else {
        $global:__aws_sso_told = '1'
        $global:__aws_sso_early_at = [string] ((__aws_sso_now) + 30)
    }
}

# Puts the time that is left into the segment.
function global:__aws_sso_draw {
    if (-not $global:__aws_sso_text) {
        $global:AWS_SSO_SEGMENT = ''
        return
    }
    $left = ''
    if ($global:__aws_sso_expires) {
        $seconds = [long] $global:__aws_sso_expires - (__aws_sso_now)
        $hours = [Math]::Floor($seconds / 3600)
        $minutes = [Math]::Floor($seconds % 3600 / 60)
        if ($seconds -le 0) {
            $left = 'expired'
        } elseif ($seconds -lt 60) {
            $left = '<1m'
        } elseif ($seconds -lt 3600) {
            $left = "${minutes}m"
        } else {
            $left = "${hours}h${minutes}m"
        }
    } elseif (-not $env:AWS_PROFILE) {
        $left = [string] [char] 0x25CB # a role whose credentials are not in this shell
    }
    $text = $global:__aws_sso_text.Replace([string] [char] 31, $left).TrimEnd()
    if ($global:__aws_sso_color) {
        $escape = [char] 27
        $text = "$escape[$($global:__aws_sso_color)m$text$escape[0m"
    }
    $global:AWS_SSO_SEGMENT = "$text "
}

# Puts the hook, and the segment, in front of the prompt function, once. `$?` and $LASTEXITCODE are what they were
# when their prompt runs, and after it.
function global:__aws_sso_init {
    if (-not [Environment]::UserInteractive -or [Console]::IsInputRedirected) {
        return
    }
    $current = $function:prompt
    if ("$current".Contains('__aws_sso_their_prompt')) {
        return
    }
    $global:__aws_sso_their_prompt = $current
    $drawn = $env:STARSHIP_SHELL -or $env:POSH_SHELL -or $env:POSH_THEME -or "$current".Contains('AWS_SSO_')
    $global:__aws_sso_shown = $global:__aws_sso_prompt -and -not $drawn
    function global:prompt {
        $succeeded = $?
        $status = $global:LASTEXITCODE
        try {
            __aws_sso_hook
        } catch {
            # A prompt must come whatever happens.
            $global:AWS_SSO_SEGMENT = ''
        }
        $global:LASTEXITCODE = $status
        $segment = if ($global:__aws_sso_shown) { $global:AWS_SSO_SEGMENT } else { '' }
        if (-not $succeeded) {
            # Makes $? false again, and says nothing.
            Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore
        }
        $segment + (& $global:__aws_sso_their_prompt)
    }
}
