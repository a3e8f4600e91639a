using System.Globalization;
using System.Text.RegularExpressions;
using Containerize.Layers;

namespace Containerize.Planning;

/// <summary>Reads the container settings and says what is wrong with them, before anything is done.</summary>
public static partial class ImageSettingsReader
{
    /// <summary>The settings in these values; CTZ1010 and CTZ1011 for wrong ones.</summary>
    /// <param name="values">The properties and items.</param>
    /// <param name="rid">The image's runtime identifier, which decides the default folder.</param>
    public static ImageSettings Read(SettingValues values, string rid)
    {
        var windows = rid.StartsWith("win", StringComparison.Ordinal);
        var docker = values.OneOf("ContainerImageFormat", "OCI", "Docker");
        var compression = values.OneOf("ContainerCompression", "gzip", "zstd", "none") switch
        {
            "zstd" => LayerCompression.Zstd,
            "none" => LayerCompression.None,
            _ => LayerCompression.Gzip,
        };
        if (compression == LayerCompression.Zstd && docker == "Docker")
        {
            throw SettingErrors.Conflict(
                "ContainerCompression=zstd and ContainerImageFormat=Docker",
                "Docker's manifest format has no zstd layers",
                "Set ContainerImageFormat to OCI, or leave it out.");
        }

        if (docker == "Docker" && values["ContainerLayoutOutputPath"] is not null)
        {
            throw SettingErrors.Conflict(
                "ContainerLayoutOutputPath and ContainerImageFormat=Docker",
                "an OCI image layout holds OCI's manifests, so the image would have another digest there than elsewhere",
                "Leave ContainerImageFormat out, or write a docker-archive with ContainerArchiveOutputPath.");
        }

        return new ImageSettings
        {
            BaseImage = values["ContainerBaseImage"],
            Family = values["ContainerFamily"],
            DockerFormat = docker switch { "Docker" => true, "OCI" => false, _ => null },
            Compression = compression,
            WorkingDirectory = WorkingDirectory(values["ContainerWorkingDirectory"], windows),
            User = values["ContainerUser"] ?? (windows ? "ContainerUser" : null),
            Command = Command(values),
            Environment = [.. values.Items("ContainerEnvironmentVariable").Select(EnvironmentVariable)],
            Labels = [.. values.Items("ContainerLabel").Select(i => KeyValuePair.Create(i.Identity, i.Raw("Value")))],
            Ports = [.. values.Items("ContainerPort").Select(Port)],
            Volumes = [.. values.List("ContainerVolume").Select(v => ContainerPath.Absolute("ContainerVolume", v, ""))],
            StopSignal = values["ContainerStopSignal"] is { } signal ? StopSignal(signal) : null,
            Healthcheck = HealthcheckReader.Read(values),
            ManifestAnnotations = Annotations(values, "Manifest"),
            IndexAnnotations = Annotations(values, "Index"),
            Files = [.. values.Items("ContainerFile")],
            WritableDirectories = [.. values.Items("ContainerWritableDirectory")],
            SourceDate = SourceDate(values["SOURCE_DATE_EPOCH"]),
        };
    }

    private static string WorkingDirectory(string? value, bool windows) =>
        windows ? (value ?? @"C:\app").TrimEnd('\\', '/')
        : value is null ? "/app"
        : value.StartsWith('/') && value.Trim('/').Length > 0 ? ContainerPath.Absolute("ContainerWorkingDirectory", value, "")
        : throw SettingErrors.Wrong(
            "ContainerWorkingDirectory", value, "it is not an absolute path below '/'", "Write the folder as in the container, for example /app.");

    private static CommandSettings Command(SettingValues values)
    {
        var command = new CommandSettings
        {
            Instruction = values.OneOf("ContainerAppCommandInstruction", "Entrypoint", "DefaultArgs", "None"),
            AppCommand = values.List("ContainerAppCommand"),
            AppCommandArgs = values.List("ContainerAppCommandArgs"),
            DefaultArgs = values.List("ContainerDefaultArgs"),
            Entrypoint = values.List("ContainerEntrypoint"),
            EntrypointArgs = values.List("ContainerEntrypointArgs"),
        };
        if (command.EntrypointArgs.Count > 0 && command.Entrypoint.Count == 0)
        {
            throw SettingErrors.Conflict(
                "ContainerEntrypointArgs", "they are arguments of ContainerEntrypoint, which is not set", "Use ContainerAppCommandArgs or ContainerDefaultArgs.");
        }

        if (command.Instruction == "Entrypoint" && command.Entrypoint.Count > 0)
        {
            throw SettingErrors.Conflict(
                "ContainerEntrypoint and ContainerAppCommandInstruction=Entrypoint",
                "both name the entrypoint",
                "Leave one out, or set ContainerAppCommandInstruction to DefaultArgs or None.");
        }

        return command.Instruction == "None" && (command.AppCommand.Count > 0 || command.AppCommandArgs.Count > 0)
            ? throw SettingErrors.Conflict(
                "ContainerAppCommand and ContainerAppCommandInstruction=None", "None leaves the app command out", "Leave one out.")
            : command;
    }

    private static KeyValuePair<string, string> EnvironmentVariable(SettingItem item) =>
        EnvironmentName().IsMatch(item.Identity)
            ? KeyValuePair.Create(item.Identity, item.Raw("Value"))
            : throw SettingErrors.Wrong(
                "ContainerEnvironmentVariable",
                item.Identity,
                "it is not a name for an environment variable",
                "Use letters, digits, '_', '.' and '-', not starting with a digit, and put the value into Value.");

    private static string Port(SettingItem item)
    {
        var parts = item.Identity.Split('/');
        var type = (parts.Length == 2 ? parts[1] : item["Type"] ?? "tcp").ToLowerInvariant();
        return parts.Length <= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= 65535
            && type is "tcp" or "udp" or "sctp"
                ? $"{number}/{type}"
                : throw SettingErrors.Wrong(
                    "ContainerPort", item["Type"] is { } t ? $"{item.Identity} ({t})" : item.Identity, "it is not a port from 1 to 65535 of type tcp or udp", "Write for example Include=\"8080\" Type=\"tcp\".");
    }

    private static string StopSignal(string signal) =>
        SignalName().IsMatch(signal)
            ? signal
            : throw SettingErrors.Wrong("ContainerStopSignal", signal, "it is not a signal", "Write a name such as SIGTERM or SIGINT, or a number from 1 to 64.");

    // The metadata is not called Target: MSBuild refuses that name as an attribute (MSB4066).
    private static Dictionary<string, string> Annotations(SettingValues values, string scope) =>
        values.Items("ContainerAnnotation")
            .Where(i => (i["Scope"] ?? "All") switch
            {
                var t when t.Equals("All", StringComparison.OrdinalIgnoreCase) => true,
                var t when t.Equals("Manifest", StringComparison.OrdinalIgnoreCase) || t.Equals("Index", StringComparison.OrdinalIgnoreCase) =>
                    t.Equals(scope, StringComparison.OrdinalIgnoreCase),
                var t => throw SettingErrors.Wrong("ContainerAnnotation", $"{i.Identity} (Scope={t})", "its Scope is unknown", "Write Manifest, Index or All."),
            })
            .GroupBy(i => i.Identity, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last().Raw("Value"), StringComparer.Ordinal);

    private static DateTimeOffset? SourceDate(string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw SettingErrors.Wrong("SOURCE_DATE_EPOCH", text, "it is not a number of seconds since 1970", "See https://reproducible-builds.org/specs/source-date-epoch/.");

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_.\-]*$")]
    private static partial Regex EnvironmentName();

    // The spec takes names of the form SIG<name> and numbers (image-spec config.md, StopSignal).
    [GeneratedRegex(@"^(SIG[A-Z0-9]+(\+[0-9]{1,2}|-[0-9]{1,2})?|[1-9]|[1-5][0-9]|6[0-4])$")]
    private static partial Regex SignalName();
}
