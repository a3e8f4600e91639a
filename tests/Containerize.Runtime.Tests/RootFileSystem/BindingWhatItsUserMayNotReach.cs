using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>A user namespace, whose root is nobody on the host, and binds from directories that only the host's root may enter.</summary>
public class BindingWhatItsUserMayNotReach
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheHostOpensThem(bool isRunc)
    {
        using var bundle = await Closed();
        bundle.Mount("/one", "bind", "closed/one", "bind");
        bundle.Mount("/two", "none", "closed/two/file", "rbind", "ro");
        const string Script = "cat /one/file /two; touch /two 2> /dev/null || echo read-only; ls /one";
        Assert.Equal("one\ntwo\nread-only\nfile\n", (isRunc ? await bundle.RunWithRuncAsync(Script) : await bundle.RunAsync(Script)).Succeeded());
    }

    [SkippableFact]
    public async Task AlsoWithAFilterOfSystemCalls()
    {
        using var bundle = await Closed();
        bundle.Spec["linux"]!["seccomp"] = System.Text.Json.Nodes.JsonNode.Parse("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}""");
        bundle.Mount("/one", "bind", "closed/one", "bind");
        Assert.Equal("one\nno\n", (await bundle.RunAsync("cat /one/file; mkdir /tmp/x 2> /dev/null || echo no")).Succeeded());
    }

    [SkippableFact]
    public async Task WhatIsNotThereIsSaid()
    {
        using var bundle = await Closed();
        bundle.Mount("/one", "bind", "closed/none", "bind");
        Assert.Contains("closed/none: permission denied", (await bundle.RunAsync("true")).Errors, StringComparison.Ordinal);
        Assert.Equal("", bundle.MountsOnTheHost());
    }

    private static async Task<RootBundle> Closed()
    {
        var bundle = await RootBundle.CreateAsync();
        bundle.MapUsers();
        bundle.Write("closed/one/file", "one\n");
        bundle.Write("closed/two/file", "two\n");
        File.SetUnixFileMode(bundle["closed"], (UnixFileMode)0b111_000_000);
        return bundle;
    }
}
