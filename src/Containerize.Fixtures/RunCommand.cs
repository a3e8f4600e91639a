using System.Globalization;

namespace Containerize.Testing;

/// <summary>The command line that starts a container.</summary>
internal static class RunCommand
{
    /// <summary>The label of all containers of tests: whose they are.</summary>
    internal const string Label = "containerize.testing.host";

    /// <summary>The words.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="idFile">Where the tool is to write its id.</param>
    internal static IReadOnlyList<string> Words(ContainerOptions options, string idFile)
    {
        List<string> words =
        [
            "run", "--rm", "--lease", "--cidfile", idFile,
            "--label", $"{Label}={Environment.ProcessId}",
            "--stop-timeout", Math.Ceiling(options.StopTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        ];
        words.AddRange(options.Ports.SelectMany(port => (string[])["--publish", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1::{port}")]));
        words.AddRange(options.Environment.SelectMany(variable => (string[])["--env", $"{variable.Key}={variable.Value}"]));
        words.AddRange(options.Volumes.SelectMany(volume => (string[])["--volume", volume]));
        words.AddRange(Given("--user", options.User));
        words.AddRange(Given("--network", options.Network));
        words.AddRange(Given("--network-alias", options.NetworkAlias));
        words.AddRange(Given("--project", options.Project));
        words.AddRange(options.RunOptions);
        // Whatever comes after it is the image and its command, never an option of ours.
        words.Add("--");
        words.AddRange(options.Image is { } image ? [image] : (string[])[]);
        words.AddRange(options.Command);
        return words;
    }

    private static string[] Given(string option, string? value) => value is null ? [] : [option, value];
}
