namespace Containerize.Tool.Dotnet;

/// <summary>From a request to the arguments of <c>dotnet publish</c>: a pure function, so that it can be read and tested.</summary>
internal static class PublishArguments
{
    /// <summary>The arguments, each whole.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">The MSBuild target.</param>
    /// <param name="injection">The package's files that the tool brings; null for none.</param>
    /// <param name="more">Further arguments.</param>
    internal static IReadOnlyList<string> Of(PublishRequest request, string target, Injection? injection, params string[] more)
    {
        var arguments = new List<string> { "publish", request.Project, "-nologo", $"-t:{target}" };
        void Option(string name, string? value)
        {
            if (value is not null)
            {
                arguments.Add(name);
                arguments.Add(value);
            }
        }

        Option("-c", request.Configuration);
        Option("-f", request.Framework);
        Option("-r", request.RuntimeIdentifier);
        Option("--os", request.OperatingSystem);
        Option("--arch", request.Architecture);
        if (request.NoRestore)
        {
            arguments.Add("--no-restore");
        }

        if (request.NoBuild)
        {
            arguments.Add("--no-build");
        }

        arguments.Add($"-v:{request.Verbosity.ToMSBuild()}");
        arguments.AddRange(request.Properties.Where(p => injection is null || !Injection.Takes(p)).Select(p => $"-p:{p}"));
        arguments.AddRange(ImageTags.Properties(request.Tags).Select(p => $"-p:{p}"));
        arguments.AddRange(injection?.Properties(request.Properties).Select(p => $"-p:{p}") ?? []);
        arguments.AddRange(more);
        return arguments;
    }
}
