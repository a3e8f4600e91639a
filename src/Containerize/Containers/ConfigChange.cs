using System.Globalization;
using System.Text.Json;
using Containerize.Containers.Options;
using Containerize.Linux;
using Containerize.Oci;

namespace Containerize.Containers;

/// <summary>Changes of an image's configuration by instructions of a Dockerfile, as <c>commit --change</c> has them.</summary>
internal static class ConfigChange
{
    private const string Known = "There are CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR.";

    /// <summary>The configuration after these; CTZ5020 where one is wrong.</summary>
    public static ContainerConfig Apply(ContainerConfig config, IReadOnlyList<string> instructions)
    {
        var namesCommand = false;
        foreach (var instruction in instructions)
        {
            var text = instruction.Trim();
            var space = text.AsSpan().IndexOfAny(' ', '\t');
            var word = (space < 0 ? text : text[..space]).ToUpperInvariant();
            var rest = space < 0 ? "" : text[space..].Trim();
            if (rest.Length == 0)
            {
                throw Wrong(instruction, "it says nothing", Known);
            }

            namesCommand |= word == "CMD";
            // A program of its own takes the arguments of another's away.
            config = word == "ENTRYPOINT" && !namesCommand ? config with { Cmd = null } : config;
            config = Apply(config, word, rest, instruction);
        }

        return config;
    }

    /// <summary>CTZ5020 for an instruction.</summary>
    internal static ContainerizeException Wrong(string instruction, string why, string next) => OptionErrors.Wrong("--change", instruction, why, next);

    private static ContainerConfig Apply(ContainerConfig config, string word, string rest, string instruction)
    {
        InstructionWords Words() => new(instruction, rest, config.Env ?? []);
        return word switch
        {
            "CMD" => config with { Cmd = Command(rest, config) },
            "ENTRYPOINT" => config with { Entrypoint = Command(rest, config) },
            "ENV" => config with { Env = EnvironmentOption.Over([.. config.Env ?? [], .. Words().Pairs().Select(p => $"{p.Name}={p.Value}")]) },
            "LABEL" => config with { Labels = With(config.Labels, Words().Pairs()) },
            "EXPOSE" => config with { ExposedPorts = With(config.ExposedPorts, Words().All().SelectMany(p => Ports(p, instruction))) },
            "VOLUME" => config with { Volumes = With(config.Volumes, List(rest) ?? Words().All()) },
            "USER" => config with { User = Words().One() },
            "WORKDIR" => config with { WorkingDir = Directory(config.WorkingDir, Words().One()) },
            "STOPSIGNAL" => config with
            {
                StopSignal = Words().One() is var signal && SignalNames.Parse(signal) is > 0 ? signal : throw Wrong(instruction, $"'{signal}' is no signal", "See signal(7)."),
            },
            "HEALTHCHECK" => config with { Healthcheck = HealthcheckInstruction.Read(instruction, rest) },
            "ONBUILD" => config with { OnBuild = [.. config.OnBuild ?? [], rest] },
            _ => throw Wrong(instruction, $"'{word}' is no instruction that changes a configuration", Known),
        };
    }

    /// <summary>The texts of a JSON list; null where it is none.</summary>
    internal static IReadOnlyList<string>? List(string text)
    {
        if (!text.StartsWith('['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
                ? [.. document.RootElement.EnumerateArray().Select(e => e.GetString()!)]
                : null;
        }
        catch (JsonException)
        {
            // As in a Dockerfile it is a shell's text then.
            return null;
        }
    }

    private static IReadOnlyList<string> Command(string text, ContainerConfig config) =>
        List(text) ?? [.. config.Shell is { Count: > 0 } shell ? shell : ["/bin/sh", "-c"], text];

    private static string Directory(string? before, string path) =>
        path.StartsWith('/') ? path : $"{(before is null or "" ? "/" : before).TrimEnd('/')}/{path}";

    private static IEnumerable<string> Ports(string text, string instruction)
    {
        var parts = text.Split('/');
        var range = parts[0].Split('-');
        var protocol = parts.Length > 1 ? parts[1].ToLowerInvariant() : "tcp";
        if (parts.Length > 2 || range.Length > 2 || protocol is not ("tcp" or "udp" or "sctp")
            || !ushort.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !ushort.TryParse(range[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || first == 0 || last < first)
        {
            throw Wrong(instruction, $"'{text}' is no port", "Write 80, 53/udp or 8000-8010.");
        }

        return Enumerable.Range(first, last - first + 1).Select(port => string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}"));
    }

    private static SortedDictionary<string, EmptyObject> With(SortedDictionary<string, EmptyObject>? before, IEnumerable<string> names)
    {
        var all = new SortedDictionary<string, EmptyObject>(before ?? [], StringComparer.Ordinal);
        foreach (var name in names)
        {
            all[name] = new EmptyObject();
        }

        return all;
    }

    private static SortedDictionary<string, string> With(SortedDictionary<string, string>? before, IEnumerable<(string Name, string Value)> pairs)
    {
        var all = new SortedDictionary<string, string>(before ?? [], StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            all[name] = value;
        }

        return all;
    }
}
