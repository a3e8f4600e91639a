using System.CommandLine;
using Containerize.Storage;
using Containerize.Tool.Doctor;

namespace Containerize.Tool.Commands;

/// <summary><c>doctor</c>: what of this machine works for containers, what does not, and what mends it.</summary>
internal static class DoctorCommand
{
    private static readonly string[] UsualRegistries = ["mcr.microsoft.com", "registry-1.docker.io"];

    internal static Command Create(Terminal terminal)
    {
        var registries = new Argument<string[]>("REGISTRY") { Description = "Registries that should answer; without any, the usual ones.", Arity = ArgumentArity.ZeroOrMore };
        var offline = new Option<bool>("--offline") { Description = "Asks no registry." };
        var command = new Command("doctor", "Looks whether this machine can run containers, and says what mends it.") { registries, offline };
        command.SetAction(async (parsed, token) =>
        {
            var broken = false;
            void Tell(Finding finding)
            {
                var style = terminal.Style;
                var mark = finding.Verdict switch { Verdict.Good => "ok  ", Verdict.Lacks => style.Yellow("lack"), _ => style.Red("FAIL") };
                terminal.Out.WriteLine($"{mark}  {finding.Subject}: {Printable.Of(finding.Text)}");
                if (finding.Remedy is { } remedy)
                {
                    terminal.Out.WriteLine($"      mend it:  {remedy}");
                }

                broken |= finding.Verdict == Verdict.Broken;
            }

            if (OperatingSystem.IsLinux())
            {
                foreach (var finding in new Checkup(terminal, StoragePaths.From(terminal.Variable)).Look())
                {
                    Tell(finding);
                }
            }
            else
            {
                Tell(Finding.Lacks("running containers", "containers run on Linux; building and shipping work here", "dotnet containerize run --engine docker IMAGE"));
            }

            if (!parsed.GetValue(offline))
            {
                var named = parsed.GetValue(registries) is { Length: > 0 } given ? given : UsualRegistries;
                foreach (var finding in await Task.WhenAll(named.Select(r => RegistryCheck.LookAsync(r, token))))
                {
                    Tell(finding);
                }
            }

            return broken ? Failure.Failed : 0;
        });
        return command;
    }
}
