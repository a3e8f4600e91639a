using System.CommandLine;
using System.Text.Json;
using Containerize.Storage;
using Containerize.Tool.Doctor;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>doctor</c>: what of this machine works for containers, what does not, and what mends it.</summary>
internal static class DoctorCommand
{
    private static readonly string[] UsualRegistries = ["mcr.microsoft.com", "registry-1.docker.io"];

    internal static Command Create(Terminal terminal)
    {
        var registries = new Argument<string[]>("REGISTRY") { Description = "Registries that should answer; without any, the usual ones.", Arity = ArgumentArity.ZeroOrMore };
        var offline = new Option<bool>("--offline") { Description = "Asks no registry." };
        var format = FormatOption.Create();
        var command = new Command("doctor", "Looks whether this machine can run containers, and says what mends it.") { registries, offline, format };
        command.SetAction(async (parsed, token) =>
        {
            var findings = new List<Finding>();
            var asJson = parsed.GetValue(format) == FormatOption.Json;
            void Tell(Finding finding)
            {
                findings.Add(finding);
                if (!asJson)
                {
                    Write(finding, terminal);
                }
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

            if (asJson)
            {
                JsonText.Write(terminal.Out, json => WriteAll(json, findings));
            }

            return findings.Any(f => f.Verdict == Verdict.Broken) ? Failure.Failed : 0;
        });
        return command;
    }

    private static void Write(Finding finding, Terminal terminal)
    {
        var style = terminal.Style;
        var mark = finding.Verdict switch { Verdict.Good => "ok  ", Verdict.Lacks => style.Yellow("lack"), _ => style.Red("FAIL") };
        terminal.Out.WriteLine($"{mark}  {finding.Subject}: {Printable.Of(finding.Text)}");
        if (finding.Remedy is { } remedy)
        {
            terminal.Out.WriteLine($"      mend it:  {remedy}");
        }
    }

    private static void WriteAll(Utf8JsonWriter json, List<Finding> findings)
    {
        json.WriteStartArray();
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("subject", finding.Subject);
            json.WriteString("verdict", finding.Verdict switch { Verdict.Good => "ok", Verdict.Lacks => "lacks", _ => "broken" });
            json.WriteString("text", finding.Text);
            if (finding.Remedy is { } remedy)
            {
                json.WriteString("remedy", remedy);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
