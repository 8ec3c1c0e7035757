
# Completion for PowerShell. The parser has read the line; the program is asked with the words as they will be.
$global:__aws_sso_completer = {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
            Microsoft.PowerShell.Core\Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            Microsoft.PowerShell.Core\ForEach-Object {
                if ($_ -is [Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { "$_" }
            })
    $typed = "$wordToComplete".Trim("'", '"')
    $status = $global:LASTEXITCODE
    $encoding = [Console]::OutputEncoding
    $lines = @()
    try {
        [Console]::OutputEncoding = [Text.Encoding]::UTF8
        $env:__AWS_SSO_WORDS = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes(($words + $typed) -join "`0"))
        $lines = @(& $global:__aws_sso_program hook powershell complete --words-from-environment 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath Env:__AWS_SSO_WORDS -ErrorAction Ignore
        $global:LASTEXITCODE = $status
    }
    # Without an answer PowerShell completes file names.
    if ($lines.Count -lt 2 -or $lines[0] -ne 'words') {
        return
    }
    foreach ($line in $lines[1..($lines.Count - 1)]) {
        $value, $description = $line -split "`t", 2
        if (-not $description) {
            $description = $value
        }
        # Whatever is no plain word is quoted, with quotes doubled, the typographic ones too.
        $text = $value
        if ($value -notmatch '^[A-Za-z0-9_\-./:=+%]+$') {
            $text = "'" + ($value -replace '([\u0027\u2018\u2019\u201A\u201B])', '$1$1') + "'"
        }
        [Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    }
}

Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -ScriptBlock $global:__aws_sso_completer -CommandName @(
    'aws-sso', 'aws-sso-use', 'aws-sso-profile', 'aws-sso-clear'
)
