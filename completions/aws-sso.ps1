# Completion for PowerShell. The parser has read the line, quotes and all; the program is asked with the words as the
# command would see them, and answers in base64, which no code page of a console changes.
function global:__aws_sso_complete($CommandAst, [int] $Cursor) {
    $words = @()
    $end = 0
    foreach ($element in $CommandAst.CommandElements) {
        if ($element.Extent.StartOffset -ge $Cursor) {
            break
        }
        $end = $element.Extent.EndOffset
        if ($element -is [Management.Automation.Language.StringConstantExpressionAst] -or
            $element -is [Management.Automation.Language.ExpandableStringExpressionAst]) {
            $words += $element.Value
        } else {
            $words += $element.Extent.Text
        }
    }
    if ($end -lt $Cursor) {
        $words += ''
    }
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $status = $global:LASTEXITCODE
    try {
        $env:__AWS_SSO_WORDS = __aws_sso_pack (@('--') + $words)
        $answer = & $global:__aws_sso_program hook powershell complete --words-from-environment 2>$null
    } finally {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath Env:__AWS_SSO_WORDS -ErrorAction Ignore
        $global:LASTEXITCODE = $status
    }
    $mode, $lines = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String("$answer")).Split("`n")
    # Without candidates PowerShell completes file names.
    if ($mode -cne 'words') {
        return
    }
    foreach ($line in $lines) {
        $value, $description = $line -split "`t", 2
        if (-not $value) {
            continue
        }
        if (-not $description) {
            $description = $value
        }
        # Whatever is no plain word is quoted, with quotes doubled, the typographic ones too.
        $text = $value
        if ($value -cnotmatch '^[A-Za-z0-9_\-./:=+%]+$') {
            $text = "'" + ($value -replace '([\u0027\u2018\u2019\u201A\u201B])', '$1$1') + "'"
        }
        [Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    }
}

Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName @(
    'aws-sso', 'aws-sso-use', 'aws-sso-profile', 'aws-sso-clear'
) -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    __aws_sso_complete $commandAst $cursorPosition
}
