using System.Globalization;

namespace Containerize.Containers.Options;

/// <summary>Reads <c>-v</c>, <c>--mount</c> and <c>--tmpfs</c> as docker has them.</summary>
/// <remarks>https://docs.docker.com/engine/storage/bind-mounts/#syntax</remarks>
public static class MountOption
{
    private const string VolumeForms = "Write -v /on/the/host:/in/the/container[:ro], -v NAME:/in/the/container, or -v /in/the/container.";

    private static readonly string[] Propagations = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];

    // Of other engines and systems: they say nothing here.
    private static readonly string[] Ignored = ["rw", "z", "Z", "cached", "delegated", "consistent", "copy", "rbind", "bind", "exec", "suid", "dev"];

    /// <summary>Reads <c>[SOURCE:]TARGET[:OPTIONS]</c>; CTZ5020 for another text.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="directory">Where relative paths begin.</param>
    public static ContainerMount Volume(string text, string directory)
    {
        var parts = text.Split(':');
        var mount = parts switch
        {
            [var target] => new ContainerMount { Type = "volume", Target = target },
            [var source, var target] => Between(source, target, text, directory),
            [var source, var target, var options] => With(Between(source, target, text, directory), text, options),
            _ => throw OptionErrors.Wrong("-v", text, "it has more than three parts", VolumeForms),
        };
        return mount with { Target = Target("-v", text, mount.Target) };
    }

    /// <summary>Reads <c>type=bind,source=...,target=...</c>; CTZ5020 for another text.</summary>
    public static ContainerMount Mount(string text, string directory)
    {
        var mount = new ContainerMount { Type = "volume" };
        foreach (var field in Fields(text))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (field, "") : (field[..equals], field[(equals + 1)..]);
            mount = name switch
            {
                "type" when value is "bind" or "volume" or "tmpfs" => mount with { Type = value },
                "source" or "src" => mount with { Source = value },
                "target" or "destination" or "dst" => mount with { Target = value },
                "readonly" or "ro" => mount with { ReadOnly = Switch(text, name, value) },
                "rw" => mount with { ReadOnly = !Switch(text, name, value) },
                "bind-propagation" when Propagations.Contains(value) => mount with { Propagation = value },
                "bind-nonrecursive" => mount with { NotRecursive = Switch(text, name, value) },
                "bind-recursive" when value is "enabled" or "disabled" or "writable" or "readonly" => mount with { NotRecursive = value == "disabled" },
                "volume-nocopy" => mount with { NoCopy = Switch(text, name, value) },
                "tmpfs-size" => mount with { Options = [.. mount.Options, $"size={ByteCount.Parse("--mount", value)}"] },
                "tmpfs-mode" when value.Length is >= 3 and <= 5 && value.All(c => c is >= '0' and <= '7') => mount with { Options = [.. mount.Options, $"mode={value}"] },
                "consistency" or "volume-label" or "relabel" => mount,
                "volume-driver" when value == "local" => mount,
                _ => throw OptionErrors.Wrong("--mount", text, $"'{field}' is not a field of it", "Write for example type=bind,source=/on/the/host,target=/in/the/container,readonly."),
            };
        }

        if (mount.Type == "bind")
        {
            mount = mount.Source.Length == 0
                ? throw OptionErrors.Wrong("--mount", text, "a bind has a source", "Add source=/on/the/host.")
                : mount with { Source = Path.GetFullPath(mount.Source, directory), MustExist = true };
        }
        else if (mount.Type == "tmpfs" && mount.Source.Length > 0)
        {
            throw OptionErrors.Wrong("--mount", text, "a tmpfs has no source", "Leave it out.");
        }
        else if (mount.Source.Length > 0)
        {
            VolumeName("--mount", text, mount.Source, "Add type=bind for a path of this machine.");
        }

        return mount with { Target = Target("--mount", text, mount.Target) };
    }

    /// <summary>Reads <c>TARGET[:OPTIONS]</c> of <c>--tmpfs</c>; CTZ5020 for another text.</summary>
    public static ContainerMount Tmpfs(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (target, options) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        return new ContainerMount
        {
            Type = "tmpfs",
            Target = Target("--tmpfs", text, target),
            ReadOnly = options.Split(',').Contains("ro"),
            Options = [.. options.Split(',', StringSplitOptions.RemoveEmptyEntries).Where(o => o is not ("ro" or "rw"))],
        };
    }

    // As a line of CSV (RFC 4180), so that a comma may stand within quotes.
    private static List<string> Fields(string text)
    {
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(text[++i]);
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(text[i]);
            }
        }

        fields.Add(field.ToString());
        return quoted ? throw OptionErrors.Wrong("--mount", text, "a quote does not end", "Close it.") : fields;
    }

    private static bool Switch(string text, string name, string value) => value switch
    {
        "" or "true" or "1" => true,
        "false" or "0" => false,
        _ => throw OptionErrors.Wrong("--mount", text, $"'{value}' of {name} is neither true nor false", "Write true, false or nothing."),
    };

    private static ContainerMount Between(string source, string target, string text, string directory)
    {
        var isPath = source.Length > 0 && source[0] is '/' or '.' or '~';
        if (!isPath)
        {
            return new ContainerMount { Type = "volume", Source = VolumeName("-v", text, source, $"Write ./{source} for a path that begins in the current folder. {VolumeForms}"), Target = target };
        }

        var path = source == "~" || source.StartsWith("~/", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + source[1..]
            : Path.GetFullPath(source, directory);
        return new ContainerMount { Source = path, Target = target };
    }

    private static ContainerMount With(ContainerMount mount, string text, string options)
    {
        foreach (var option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            mount = option switch
            {
                "ro" => mount with { ReadOnly = true },
                "nocopy" => mount with { NoCopy = true },
                _ when Propagations.Contains(option) => mount with { Propagation = option },
                _ when Ignored.Contains(option) => mount,
                _ => throw OptionErrors.Wrong("-v", text, $"'{option}' is not an option of it", "There are ro, rw, nocopy, z, Z and the propagations such as rslave."),
            };
        }

        return mount;
    }

    // What has a slash was meant as a path.
    private static string VolumeName(string option, string text, string name, string asPath) =>
        ContainerName.IsValid(name) ? name
        : throw OptionErrors.Wrong(
            option,
            text,
            $"'{name}' is not a volume's name, which has letters, digits, '_', '.' and '-', and begins with a letter or digit",
            name.Contains('/', StringComparison.Ordinal) ? asPath : VolumeForms);

    private static string Target(string option, string text, string target)
    {
        if (!target.StartsWith('/') || target.Contains('\0', StringComparison.Ordinal))
        {
            throw OptionErrors.Wrong(option, text, $"the path in the container is absolute, and '{target}' is not", VolumeForms);
        }

        var parts = new List<string>();
        foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return parts.Count > 0
            ? "/" + string.Join('/', parts)
            : throw OptionErrors.Wrong(option, text, string.Create(CultureInfo.InvariantCulture, $"nothing can take the place of the root"), VolumeForms);
    }
}
