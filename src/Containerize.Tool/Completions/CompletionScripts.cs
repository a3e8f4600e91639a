namespace Containerize.Tool.Completions;

/// <summary>The scripts; each hands the line to the [suggest] directive of System.CommandLine, with the cursor's place in it.</summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # bash completion for dotnet-containerize
        _dotnet_containerize() {
            local line=${COMP_LINE:0:COMP_POINT} candidates
            candidates=$(dotnet-containerize "[suggest:${#line}]" "$line" 2>/dev/null)
            mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _dotnet_containerize dotnet-containerize

        """;

    private const string Zsh = """
        # zsh completion for dotnet-containerize
        _dotnet_containerize() {
            local -a candidates
            local line="$LBUFFER"
            candidates=("${(@f)$(dotnet-containerize "[suggest:${#line}]" "$line" 2>/dev/null)}")
            if (( ${#candidates[@]} )) && [[ -n "${candidates[1]}" ]]; then
                compadd -- "${candidates[@]}"
            else
                _files
            fi
        }
        compdef _dotnet_containerize dotnet-containerize

        """;

    private const string Fish = """
        # fish completion for dotnet-containerize
        function __dotnet_containerize
            set -l line (commandline -cp)
            dotnet-containerize "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c dotnet-containerize -a '(__dotnet_containerize)'

        """;

    private const string PowerShell = """
        # PowerShell completion for dotnet-containerize
        Register-ArgumentCompleter -Native -CommandName dotnet-containerize -ScriptBlock {
            param($word, $ast, $position)
            $line = $ast.ToString().PadRight($position)
            dotnet-containerize "[suggest:$position]" $line 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;

    internal static string For(string shell) => shell switch { "bash" => Bash, "zsh" => Zsh, "fish" => Fish, _ => PowerShell };
}
