using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Building;

/// <summary>No home, one that is not there or not to be written, a cache that is another's: the image, or one error that names the folder.</summary>
public sealed class BuildingWithoutAHome : IDisposable
{
    private readonly Builder _builder = new();

    [SkippableFact]
    public void WorksWhereItCanAndSaysWhereItCannot()
    {
        ToolRunner.Require("setpriv");
        Skip.IfNot(Environment.IsPrivilegedProcess, "only root can be somebody else");
        var project = _builder.Published("app");
        var digest = _builder.Build("public", project);
        _builder.Build("private", project);
        Run("chmod", "700", _builder["private"]);
        Run("mkdir", _builder["closed"], _builder["own"], _builder["layouts"], _builder["taken"]);
        Run("mkdir", "-p", _builder["taken/.cache/containerize"]);
        Run("chown", "4321", _builder["own"], _builder["layouts"], _builder["taken"], _builder["taken/.cache"]);

        Verify.Text(string.Join('\n',
            Say("no HOME"),
            Say("no HOME, relative XDG folders", "XDG_CACHE_HOME=cache", "XDG_DATA_HOME=data"),
            Say("no HOME, absolute XDG folders", $"XDG_CACHE_HOME={_builder["own/c"]}", $"XDG_DATA_HOME={_builder["own/d"]}"),
            Say("relative HOME", "HOME=home"),
            Say("HOME that is not there", "HOME=/nonexistent"),
            Say("HOME that is read-only", $"HOME={_builder["closed"]}"),
            Say("HOME that is read-only, XDG folders", $"HOME={_builder["closed"]}", $"XDG_CACHE_HOME={_builder["own/c"]}", $"XDG_DATA_HOME={_builder["own/d"]}"),
            Say("HOME and relative XDG folders", $"HOME={_builder["own"]}", "XDG_CACHE_HOME=cache", "XDG_DATA_HOME=data"),
            Say("cache of another", $"HOME={_builder["taken"]}"),
            Say("cache of another, CONTAINERIZE_ROOT", $"HOME={_builder["taken"]}", $"CONTAINERIZE_ROOT={_builder["own/root"]}"),
            Say("all of another, to be read", $"CONTAINERIZE_ROOT={_builder["public"]}"),
            Say("all of another, to be read, to a layout", $"CONTAINERIZE_ROOT={_builder["public"]}", $"ContainerLayoutOutputPath={_builder["layouts/a"]}"),
            Say("all of another, not to be read", $"CONTAINERIZE_ROOT={_builder["private"]}", $"ContainerLayoutOutputPath={_builder["layouts/b"]}"),
            ""));
        // Relative folders are not taken from the working directory.
        Assert.Empty(Directory.EnumerateFileSystemEntries(_builder["work"]));

        string Say(string what, params string[] words)
        {
            var settings = words.Where(w => w.StartsWith("Container", StringComparison.Ordinal));
            var variables = words.Except(settings).Select(w => w.Split('=')).ToDictionary(w => w[0], w => w[1]);
            // A folder to work in that is everybody's, so that what lands there by mistake can land.
            Directory.CreateDirectory(_builder["work"]);
            Run("chmod", "777", _builder["work"]);
            var said = _builder.Build(variables, ["setpriv", "--reuid", "4321", "--regid", "4321", "--clear-groups"], [project, .. settings]);
            return $"{what}\n  {said.Replace(digest, "the image", StringComparison.Ordinal).Replace(_builder.Path, "~", StringComparison.Ordinal)}";
        }
    }

    public void Dispose() => _builder.Dispose();

    private static void Run(string program, params string[] arguments) => Layers.Tool.Run(program, arguments);
}
