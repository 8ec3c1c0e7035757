# The suite for PowerShell 7.2 and later, and Windows PowerShell 5.1 where it can: aws-sso-use, aws-sso-clear,
# aws-sso-profile, the hook and the prompt.
#
# Set before this: __aws_sso_program (path), __aws_sso_prompt ('1': put the segment in front of the prompt),
# __aws_sso_directories ('1': look at role files), __aws_sso_first (the memory of a shell that starts),
# __aws_sso_version (of this script, for AWS_SSO_HOOK).
# Set by the program with each answer, none of it in the environment or secret: __aws_sso_text and __aws_sso_color
# (the segment; character 31 stands for the time that is left), __aws_sso_expires, __aws_sso_renew_at and
# __aws_sso_early_at (Unix times), __aws_sso_memory (for the program alone), __aws_sso_tree (the directory of the
# nearest .aws-sso-role), __aws_sso_mark (a file with the time that the role file had).
#
# Everything is global: the script may be evaluated within a function. Commands are written with their module, so
# that no alias or function of the person's takes their place.

# Strict mode forbids to read a variable that was never set, and $LASTEXITCODE has not been before the first program.
# The braces keep $name to themselves.
& {
    foreach ($name in '__aws_sso_text', '__aws_sso_color', '__aws_sso_expires', '__aws_sso_renew_at',
        '__aws_sso_early_at', '__aws_sso_memory', '__aws_sso_first', '__aws_sso_seen',
        '__aws_sso_told', '__aws_sso_tree', '__aws_sso_mark', '__aws_sso_found', '__aws_sso_directories', '__aws_sso_eager',
        '__aws_sso_skip', '__aws_sso_prompting', 'AWS_SSO_SEGMENT', 'LASTEXITCODE') {
        if (-not (Microsoft.PowerShell.Utility\Get-Variable -Name $name -Scope Global -ErrorAction Ignore)) {
            Microsoft.PowerShell.Utility\Set-Variable -Name $name -Scope Global -Value $null
        }
    }
}

# Runs the program and evaluates what it printed, all of it or nothing. Leaves the program's status behind.
function global:__aws_sso_call {
    # Within this function, whatever the person prefers: a line on standard error is no reason to stop
    # (Windows PowerShell), and neither is a status (7.3 and later).
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    # A program that does not start has no status of its own, and must not be taken for one that succeeded.
    $global:LASTEXITCODE = 127
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
function global:__aws_sso_pack([object[]] $Words) {
    $texts = foreach ($word in $Words) {
        # To PowerShell a,b without quotes is an array. A number becomes what was typed, zeros in front and all.
        if ($word -is [array]) { $word -join ',' } else { [string] $word }
    }
    [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes(@($texts) -join "`0"))
}

function global:__aws_sso_run([string] $Verb, [object[]] $Words) {
    try {
        $env:__AWS_SSO_WORDS = __aws_sso_pack $Words
        __aws_sso_call $Verb '--words-from-environment'
    } finally {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath Env:__AWS_SSO_WORDS -ErrorAction Ignore
    }
}

# What the program is handed at every call.
function global:__aws_sso_state {
    "--memory=$global:__aws_sso_memory", "--directories=$global:__aws_sso_directories"
}

# No `param`: PowerShell would look for parameters of its own in what is typed (-p for -PipelineVariable), and would
# not ask for completion. Such a function has one way to say that it failed: to throw. Without it the second half of
# `aws-sso-use prod && terraform apply` would run with the role that was there before.
function global:aws-sso-use {
    $before = (__aws_sso_state) + @("--helper-args=$env:AWS_SSO_HELPER_ARGS", '--')
    __aws_sso_run 'use' ($before + $args)
    if ($global:LASTEXITCODE -ne 0) {
        throw "aws-sso-use: the role was not taken, and nothing was changed (status $global:LASTEXITCODE)"
    }
}

function global:aws-sso-profile {
    aws-sso-use @args
}

function global:aws-sso-clear {
    $before = (__aws_sso_state) + @("--helper-args=$env:AWS_SSO_HELPER_ARGS", '--')
    __aws_sso_run 'clear' ($before + $args)
}

# What of the environment says which role this is. Others may change it.
function global:__aws_sso_look {
    "$env:AWS_SSO|$env:AWS_SSO_ROLE_ARN|$env:AWS_SSO_SESSION_EXPIRATION|$env:AWS_PROFILE|$env:AWS_ACCESS_KEY_ID"
}

function global:__aws_sso_now {
    [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
}

# Whether the nearest role file is another one than at the last look, or has changed. Starts no process. Only in a
# file system: a location may also be the registry. The path is walked as it is written; what it leads to is looked
# at by the program.
function global:__aws_sso_moved {
    if (-not $global:__aws_sso_directories) {
        return $false
    }
    $name = '.aws-sso-role'
    $found = ''
    $location = Microsoft.PowerShell.Management\Get-Location -PSProvider FileSystem
    $directory = $location.ProviderPath
    while ($directory) {
        $file = [IO.Path]::Combine($directory, $name)
        if ([IO.File]::Exists($file) -or [IO.Directory]::Exists($file)) {
            $found = $file
            break
        }
        if ($directory -eq $HOME) {
            break
        }
        $directory = [IO.Path]::GetDirectoryName($directory)
    }
    if ($found -cne [string] $global:__aws_sso_found) {
        $global:__aws_sso_found = $found
        return $true
    }
    if (-not $found -or -not $global:__aws_sso_mark) {
        return $false
    }
    # The time of a file that is not there is a time as well, long ago.
    [IO.File]::GetLastWriteTimeUtc($found) -ne [IO.File]::GetLastWriteTimeUtc($global:__aws_sso_mark)
}

# Brings the role to what the directory, the person and the program have decided. Without an answer nothing is shown
# rather than something wrong, and the role of a directory, which may have been left, goes.
function global:__aws_sso_sync {
    $global:__aws_sso_told = $null
    __aws_sso_run 'sync' (__aws_sso_state) 2>$null
    if ($global:LASTEXITCODE -ne 0) {
        $global:__aws_sso_text = $global:__aws_sso_expires = $global:__aws_sso_renew_at = $null
        $global:__aws_sso_early_at = $global:__aws_sso_mark = $null
        if ($env:AWS_SSO_DIRECTORY) {
            $gone = 'AWS_SSO', 'AWS_SSO_PROFILE', 'AWS_SSO_ROLE_ARN', 'AWS_SSO_ACCOUNT_ID', 'AWS_SSO_ROLE_NAME',
                'AWS_SSO_SESSION_EXPIRATION', 'AWS_SSO_DIRECTORY'
            if ($env:AWS_SSO_SESSION_EXPIRATION) {
                $gone += 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION'
            }
            if ($env:AWS_PROFILE -ceq $env:AWS_SSO_PROFILE) {
                $gone += 'AWS_PROFILE'
            }
            foreach ($name in $gone) {
                Microsoft.PowerShell.Management\Remove-Item -LiteralPath "Env:$name" -ErrorAction Ignore
            }
        }
        $global:__aws_sso_seen = __aws_sso_look
    }
}

# Runs before each prompt, and starts no process unless the directory or the role in the environment has changed, or
# credentials are due. PowerShell itself runs nothing between Enter and the command, so credentials are renewed here,
# early: a quarter of an hour before the other shells would (__aws_sso_early_at). Whoever leaves the prompt alone for
# longer than that has new ones from the next prompt on. Keys of a role that waits for them are loaded here, too.
function global:__aws_sso_hook {
    $moved = __aws_sso_moved
    if ($moved -or (__aws_sso_look) -cne $global:__aws_sso_seen) {
        __aws_sso_sync
    }
    if ($global:__aws_sso_early_at -and (__aws_sso_now) -ge [long] $global:__aws_sso_early_at) {
        __aws_sso_renew
    }
    __aws_sso_draw
}

# Gets new credentials; the program asks nothing, and waits for AWS for some seconds at most. Where there are none to
# be had that is said once, and tried again after half a minute at the earliest.
function global:__aws_sso_renew {
    $global:__aws_sso_early_at = [string] ((__aws_sso_now) + 30)
    if ($global:__aws_sso_told) {
        __aws_sso_run 'renew' (__aws_sso_state) 2>$null
    } else {
        __aws_sso_run 'renew' (__aws_sso_state)
    }
    if ($global:LASTEXITCODE -eq 0) {
        $global:__aws_sso_told = $null
    } else {
        $global:__aws_sso_told = '1'
    }
}

# Puts the time that is left into the segment.
function global:__aws_sso_draw {
    if (-not $global:__aws_sso_text) {
        $global:AWS_SSO_SEGMENT = $null
        return
    }
    $left = ''
    if ($global:__aws_sso_expires) {
        $seconds = [long] $global:__aws_sso_expires - (__aws_sso_now)
        # `/` alone would give fractions.
        $hours = ($seconds - $seconds % 3600) / 3600
        $minutes = ($seconds % 3600 - $seconds % 60) / 60
        if ($seconds -le 0) {
            $left = 'expired'
        } elseif ($seconds -lt 60) {
            $left = '<1m'
        } elseif ($seconds -lt 3600) {
            $left = "${minutes}m"
        } else {
            $left = "${hours}h${minutes}m"
        }
    } elseif ($global:__aws_sso_renew_at -or -not $env:AWS_PROFILE) {
        $left = [string] [char] 0x25CB # a role whose credentials are not in this shell
    }
    $text = $global:__aws_sso_text.Replace([string] [char] 31, $left).TrimEnd()
    if ($global:__aws_sso_color) {
        $escape = [char] 27
        $text = "${escape}[${global:__aws_sso_color}m${text}${escape}[0m"
    }
    $global:AWS_SSO_SEGMENT = "$text "
}

# Puts the hook, and the segment, in front of the prompt function, once. The prompt function that was there finds $?
# and $LASTEXITCODE as the command left them.
function global:__aws_sso_init {
    if (-not [Environment]::UserInteractive -or [Console]::IsInputRedirected) {
        return
    }
    $env:AWS_SSO_HOOK = "${PID}:$global:__aws_sso_version"
    if ($global:__aws_sso_memory) {
        # The file was read again: the program tells at the next prompt what this shell is at.
        if ($global:__aws_sso_memory -cne $global:__aws_sso_first) {
            $global:__aws_sso_seen = $null
        }
    } else {
        $global:__aws_sso_memory = $global:__aws_sso_first
        if ($env:AWS_SSO_DIRECTORY) {
            # It may be another directory's.
            $global:__aws_sso_found = '?'
        }
    }
    $theirs = $function:prompt
    if (-not $theirs -or "$theirs".Contains('__aws_sso_hook')) {
        return
    }
    # Somebody else draws the prompt, or the person refers to the role in it already.
    $drawn = $env:STARSHIP_SHELL -in 'powershell', 'pwsh' -or $env:POSH_SHELL -or $env:POSH_THEME -or
        "$theirs".Contains('AWS_SSO_')
    $ours = {
        $succeeded = $?
        $status = $global:LASTEXITCODE
        $segment = ''
        # Not so where this file was evaluated again after somebody (VS Code) had put a prompt function around
        # ours: theirs will call the older one of ours, which then only passes the call on.
        $outermost = -not $global:__aws_sso_prompting
        if ($outermost) {
            try {
                __aws_sso_hook
                if ($global:__aws_sso_prompt -and -not $drawn) {
                    $segment = $global:AWS_SSO_SEGMENT
                }
            } catch {
                # A prompt must come whatever happens.
                $global:AWS_SSO_SEGMENT = $null
            }
        }
        $global:LASTEXITCODE = $status
        $global:__aws_sso_prompting = '1'
        try {
            if (-not $succeeded) {
                # Makes $? false again, and says nothing.
                Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore
            }
            $text = & $theirs
        } finally {
            if ($outermost) {
                $global:__aws_sso_prompting = $null
            }
        }
        # Of several values the last one is the prompt.
        $segment + (@('') + $text)[-1]
        if (-not $succeeded) {
            Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore
        }
    }
    # The closure keeps the prompt function that this one stands around, however many there will be.
    Microsoft.PowerShell.Management\Set-Item -Path Function:global:prompt -Value $ours.GetNewClosure()
}

