using System.Diagnostics;
using System.Formats.Tar;
using Containerize.Oci;
using Xunit;

namespace Containerize.Tool.Tests;

public sealed class MovingImages : IDisposable
{
    private readonly Shell _shell = new();

    [Theory]
    [InlineData("oci-archive", "app.tar")]
    [InlineData("oci-archive", "app.tar.gz")]
    [InlineData("docker-archive", "app.tar")]
    public async Task SavedAndLoadedIsTheSame(string format, string file)
    {
        await _shell.AddAppAsync("app:1.0");
        await _shell.AddAppAsync("team/other:2.0", "other");
        Assert.Equal(0, (await _shell.RunAsync("save", "app:1.0", "team/other:2.0", "-o", file, "--format", format)).Code);

        using var elsewhere = new Shell();
        var loaded = await elsewhere.RunAsync("load", "-i", _shell.PathOf(file));

        Assert.Equal("Loaded image: app:1.0\nLoaded image: team/other:2.0\n", loaded.Output);
        Assert.Equal(Configs(_shell), Configs(elsewhere));
    }

    [Fact]
    public async Task SavedToAPipeIsLoadedFromOne()
    {
        await _shell.AddIndexAsync("web");
        var saved = await _shell.RunAsync("save", "web");
        Assert.Equal("", saved.Output);

        using var elsewhere = new Shell();
        Assert.Equal("Loaded image: web:latest\n", (await elsewhere.RunAsync(saved.Bytes, redirected: true, "load")).Output);
        Assert.Equal(_shell.Store.List()[0].Descriptor.Digest, elsewhere.Store.List()[0].Descriptor.Digest);
    }

    [SkippableTheory]
    [InlineData("oci-archive")]
    [InlineData("docker-archive")]
    public async Task SavedIsReadBySkopeo(string format)
    {
        Skip.IfNot(File.Exists("/usr/bin/skopeo"), "skopeo is not installed");
        await _shell.AddAppAsync("app:1.0");
        await _shell.RunAsync("save", "app:1.0", "-o", "app.tar", "--format", format);

        var start = new ProcessStartInfo("skopeo", ["inspect", "--config", "--raw", $"{format}:{_shell.PathOf("app.tar")}"]) { RedirectStandardOutput = true };
        using var skopeo = Process.Start(start)!;
        using var config = new MemoryStream();
        await skopeo.StandardOutput.BaseStream.CopyToAsync(config);
        await skopeo.WaitForExitAsync();

        Assert.Equal(0, skopeo.ExitCode);
        Assert.Equal(Configs(_shell).Single(), Digest.Of(config.ToArray()).ToString());
    }

    [Fact]
    public async Task ARootFilesystemIsToldFromADamagedArchive()
    {
        await WriteTarAsync("rootfs.tar", "etc/passwd", "tmp/x");
        var root = (await _shell.RunAsync("load", "-i", "rootfs.tar")).Error;
        Assert.StartsWith("error CTZ3007: reading TEMP/", root, StringComparison.Ordinal);
        Assert.Contains("it looks like a root filesystem, as 'export' writes it", root, StringComparison.Ordinal);
        Assert.Contains("'dotnet containerize commit'", root, StringComparison.Ordinal);
        Assert.Contains("it looks like a root filesystem", (await _shell.RunAsync("copy", "oci-archive:rootfs.tar", "local:x")).Error, StringComparison.Ordinal);

        await WriteTarAsync("other.tar", "readme");
        Assert.EndsWith("if it is right, make the layout or archive again.\n", (await _shell.RunAsync("load", "-i", "other.tar")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemovingTheLastNameFreesItsContent()
    {
        await _shell.AddAppAsync("app:1.0");
        await _shell.RunAsync("tag", "app:1.0", "app:again");
        var digest = _shell.Store.List()[0].Descriptor.Digest;

        Assert.Equal("Untagged: app:1.0\n", (await _shell.RunAsync("rmi", "app:1.0")).Output);
        Assert.NotEmpty(Blobs());
        Assert.Equal($"Untagged: app:again\nDeleted: {digest}\n", (await _shell.RunAsync("rmi", "app:again")).Output);
        Assert.Empty(Blobs());
    }

    [Fact]
    public async Task RemovingADigestOfSeveralNamesNeedsForce()
    {
        await _shell.AddAppAsync("app:1.0");
        await _shell.RunAsync("tag", "app:1.0", "app:again");
        var digest = _shell.Store.List()[0].Descriptor.Digest.Abbreviated;

        var refused = await _shell.RunAsync("rmi", digest);
        Assert.Equal(1, refused.Code);
        Assert.StartsWith("error CTZ7030: ", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("rmi", "-f", digest)).Code);
        Assert.Empty(_shell.Store.List());
    }

    [Fact]
    public async Task RemovingGoesOnAfterAnUnknownName()
    {
        await _shell.AddAppAsync("app:1.0");
        var outcome = await _shell.RunAsync("rmi", "nothing", "app:1.0");

        Assert.Equal(1, outcome.Code);
        Assert.Empty(_shell.Store.List());
        Assert.Equal(0, (await _shell.RunAsync("rmi", "-f", "nothing")).Code);
    }

    [Theory]
    [InlineData("save", "app:1.0")]
    [InlineData("load")]
    public async Task ATerminalIsNoArchive(params string[] args)
    {
        await _shell.AddAppAsync("app:1.0");
        var outcome = await _shell.RunAsync([], redirected: false, args);

        Assert.Equal(2, outcome.Code);
        Assert.Empty(outcome.Bytes);
    }

    public void Dispose() => _shell.Dispose();

    private async Task WriteTarAsync(string file, params string[] names)
    {
        await using var writer = new TarWriter(File.Create(_shell.PathOf(file)), TarEntryFormat.Ustar);
        foreach (var name in names)
        {
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });
        }
    }

    private string[] Blobs() => Directory.GetFiles(Path.Combine(_shell.Store.Directory, "blobs"), "*", SearchOption.AllDirectories);

    private static List<string> Configs(Shell shell)
    {
        var store = shell.Store;
        return [.. store.List().Select(i => ((Images.Image)store.Source(i).ReadAsync(CancellationToken.None).Result).Manifest.Config.Digest.ToString())];
    }
}
