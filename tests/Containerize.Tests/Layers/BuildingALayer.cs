using System.Security.Cryptography;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

public class BuildingALayer
{
    // Old enough to be trusted by its state alone; where there is a ctime, that is what counts, and it cannot be set: so the tests wait for it.
    private static readonly TimeSpan Racy = TimeSpan.FromSeconds(2.2);

    private static LayerSpec Project(TemporaryFolder folder, string under = "bin", string scope = "") => LayerSpec.Create(
        "app",
        [OnDisk("app/a.dll", folder[$"{under}/a.dll"]), OnDisk("app/b.dll", folder[$"{under}/b.dll"]), Text("app/made.json", "{}")],
        scope: scope);

    private static void Write(TemporaryFolder folder, string under = "bin", string a = "aaaa")
    {
        folder.Write($"{under}/a.dll", a);
        folder.Write($"{under}/b.dll", "bbbb");
    }

    private static string[] Leftovers(LayerCache cache) =>
        Directory.Exists(cache.Directory) ? Directory.GetFiles(cache.Directory, ".tmp-*", SearchOption.AllDirectories) : [];

    private static Task<Layer> Build(LayerCache cache, LayerSpec spec, int threads = 2) => new LayerBuilder(cache, threads).BuildAsync(spec, LayerCompression.None);

    [Fact]
    public async Task GivesATarOfTheDigestsItSays()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var cache = new LayerCache(folder["cache"]);
        var layer = await Build(cache, Project(folder));
        Assert.Equal(MediaTypes.OciLayer, layer.Descriptor.MediaType);
        Assert.Equal(Digest.Of(Tar(Project(folder))), layer.DiffId);
        await using var blob = await layer.Source.OpenAsync(layer.Descriptor, 0, CancellationToken.None);
        Assert.Equal(layer.DiffId, Digest.FromHash(await SHA256.HashDataAsync(blob)));
        Assert.Empty(Leftovers(cache));
    }

    [Fact]
    public async Task OpensNoFileWhereNothingChanged()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        await Task.Delay(Racy);
        var cache = new LayerCache(folder["cache"]);
        Assert.Null(cache.TryGet(Project(folder), LayerCompression.None));
        var first = await Build(cache, Project(folder));
        using var a = Locked(folder["bin/a.dll"]);
        using var b = Locked(folder["bin/b.dll"]);
        Assert.Equal(first.Descriptor, cache.TryGet(Project(folder), LayerCompression.None)?.Descriptor);
        Assert.Equal(first.Descriptor, (await Build(new LayerCache(folder["cache"]), Project(folder))).Descriptor);
    }

    [Fact]
    public async Task NeverTrustsTheStateOfAFileThatHadJustChanged()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var cache = new LayerCache(folder["cache"]);
        await Build(cache, Project(folder));
        Assert.Null(cache.TryGet(Project(folder), LayerCompression.None));
        var changed = folder.Write("bin/a.dll", "AAAA");
        File.SetLastWriteTimeUtc(changed, DateTime.UtcNow);
        Assert.Equal(Digest.Of(Tar(Project(folder))), (await Build(cache, Project(folder))).DiffId);
    }

    [Fact]
    public async Task FindsTheSameContentInAnotherFolderAndAtAnotherTime()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        Write(folder, "elsewhere");
        File.SetLastWriteTimeUtc(folder["elsewhere/a.dll"], DateTime.UnixEpoch);
        var cache = new LayerCache(folder["cache"]);
        var first = await Build(cache, Project(folder));
        var written = File.GetLastWriteTimeUtc(cache.Blobs.PathOf(first.Descriptor.Digest));
        var again = await Build(cache, Project(folder, "elsewhere", scope: "another project"));
        Assert.Equal(first.Descriptor, again.Descriptor);
        Assert.Equal(written, File.GetLastWriteTimeUtc(cache.Blobs.PathOf(first.Descriptor.Digest)));
    }

    [Fact]
    public async Task MakesANewOneForNewContentOfTheSameSize()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var cache = new LayerCache(folder["cache"]);
        var first = await Build(cache, Project(folder));
        folder.Write("bin/a.dll", "cccc");
        var second = await Build(cache, Project(folder));
        Assert.NotEqual(first.DiffId, second.DiffId);
        Assert.Equal(Digest.Of(Tar(Project(folder))), second.DiffId);
    }

    [Fact]
    public async Task TellsModesOwnersTimesAndLinksApart()
    {
        using var folder = new TemporaryFolder();
        var cache = new LayerCache(folder["cache"]);
        LayerSpec[] specs =
        [
            Spec(Text("a", "x")),
            Spec(Text("a", "x", EntryMode.Executable)),
            Spec(Text("a", "x") with { Uid = 1 }),
            Spec(Text("a", "x") with { Gid = 1 }),
            Spec(Text("b", "x")),
            Spec(Link("a", "x")),
            Spec(Link("a", "y")),
            LayerSpec.Create("test", [Text("a", "x")], DateTimeOffset.UnixEpoch),
        ];
        var digests = new HashSet<Digest>();
        foreach (var spec in specs)
        {
            Assert.True(digests.Add((await Build(cache, spec)).DiffId));
            Assert.Equal(Digest.Of(Tar(spec)), cache.TryGet(spec, LayerCompression.None)?.DiffId);
        }
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("truncate")]
    [InlineData("empty")]
    [InlineData("folder")]
    [InlineData("link")]
    [InlineData("delete")]
    public async Task MakesADamagedBlobAgainAndFollowsNoLink(string damage)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        await Task.Delay(Racy);
        var cache = new LayerCache(folder["cache"]);
        var first = await Build(cache, Project(folder));
        var path = cache.Blobs.PathOf(first.Descriptor.Digest);
        var bytes = File.ReadAllBytes(path);
        var other = folder.Write("precious", bytes);
        switch (damage)
        {
            case "flip":
                File.WriteAllBytes(path, [.. bytes[..600], (byte)(bytes[600] ^ 1), .. bytes[601..]]);
                break;
            case "truncate":
                File.WriteAllBytes(path, bytes[..^1]);
                break;
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            default:
                File.Delete(path);
                if (damage == "folder")
                {
                    Directory.CreateDirectory(Path.Combine(path, "sub"));
                }
                else if (damage == "link")
                {
                    File.CreateSymbolicLink(path, other);
                }

                break;
        }

        Assert.Null(cache.TryGet(Project(folder), LayerCompression.None));
        Assert.Equal(first.Descriptor, (await Build(cache, Project(folder))).Descriptor);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        Assert.Null(new FileInfo(path).LinkTarget);
        Assert.Equal(bytes, File.ReadAllBytes(other));
    }

    [Theory]
    [InlineData("layers")]
    [InlineData("files")]
    public async Task IgnoresADamagedIndexAndWritesItAgain(string part)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        await Task.Delay(Racy);
        var cache = new LayerCache(folder["cache"]);
        var first = await Build(cache, Project(folder));
        var file = Assert.Single(Directory.GetFiles(folder[$"cache/{part}"], "*", SearchOption.AllDirectories));
        var bytes = File.ReadAllBytes(file);
        foreach (var at in Enumerable.Range(0, bytes.Length))
        {
            File.WriteAllBytes(file, [.. bytes[..at], (byte)(bytes[at] ^ 4), .. bytes[(at + 1)..]]);
            Assert.Null(cache.TryGet(Project(folder), LayerCompression.None));
        }

        File.WriteAllBytes(file, []);
        Assert.Equal(first, await Build(cache, Project(folder)));
        Assert.Equal(first.Descriptor, cache.TryGet(Project(folder), LayerCompression.None)?.Descriptor);
    }

    [Fact]
    public async Task LeavesNothingWhereItFailsOrIsCancelled()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var cache = new LayerCache(folder["cache"]);
        var spec = LayerSpec.Create("app", [.. Project(folder).Entries, Text("app/z", "") with { Content = new DiskContent(folder["absent"], 3, 0) }]);
        Assert.Equal(2003, (await Assert.ThrowsAsync<ContainerizeException>(() => Build(cache, spec))).Number);
        using var stop = new CancellationTokenSource();
        var stopping = LayerSpec.Create("app", [.. Project(folder).Entries, Text("app/z", "") with { Content = new Stopping(stop) }]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new LayerBuilder(cache, 2).BuildAsync(stopping, LayerCompression.Gzip, stop.Token));
        Assert.Empty(Leftovers(cache));
        Assert.False(Directory.Exists(folder["cache/blobs/sha256"]));
        Assert.Empty(Directory.GetFiles(folder["cache/locks"]));
    }

    [Fact]
    public async Task OnceForManyAtOnce()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var layers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Build(new LayerCache(folder["cache"]), Project(folder, scope: $"{i % 2}"), threads: 1 + (i % 2))));
        Assert.Single(layers.Select(l => l.Descriptor).Distinct());
        Assert.Empty(Leftovers(new LayerCache(folder["cache"])));
        Assert.Single(Directory.GetFiles(folder["cache/blobs/sha256"]));
    }

    [SkippableFact]
    public async Task DoesNotWaitForADeadOne()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "flock(1)");
        using var folder = new TemporaryFolder();
        Write(folder);
        var cache = new LayerCache(folder["cache"]);
        var lockFile = folder.Write($"cache/locks/{cache.Identify(Project(folder), LayerCompression.None).Shape}", "");
        // It says by itself that it has the lock: who tries to take it meanwhile could take it away.
        var ready = folder["ready"];
        using var holder = System.Diagnostics.Process.Start("flock", ["--no-fork", lockFile, "sh", "-c", "echo > \"$0\"; exec sleep 600", ready]);
        while (!File.Exists(ready))
        {
            await Task.Delay(20);
            Assert.False(holder.HasExited);
        }

        var waiting = Build(cache, Project(folder));
        await Task.Delay(100);
        Assert.False(waiting.IsCompleted);
        holder.Kill();
        Assert.Equal(Digest.Of(Tar(Project(folder))), (await waiting).DiffId);
    }

    [SkippableTheory]
    [InlineData(LayerCompression.None, 1)]
    [InlineData(LayerCompression.Gzip, 1)]
    [InlineData(LayerCompression.Gzip, 2)]
    [InlineData(LayerCompression.Zstd, 1)]
    public async Task OnAFullDiskSaysSoAndWorksAgainWhereThereIsRoom(LayerCompression compression, int threads)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can mount a small file system");
        using var folder = new TemporaryFolder();
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.Folder("small"));
        try
        {
            var random = new byte[3_000_000];
            new Random(1).NextBytes(random);
            var cache = new LayerCache(folder["small/cache"]);
            var builder = new LayerBuilder(cache, threads);
            var spec = Spec(OnDisk("big", folder.Write("big", random)));
            var error = await Assert.ThrowsAsync<ContainerizeException>(() => builder.BuildAsync(spec, compression));
            Assert.Equal(3011, error.Number);
            Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
            Assert.Contains("3000000 bytes", error.Message, StringComparison.Ordinal);
            Assert.Contains(folder["small/cache"], error.Message, StringComparison.Ordinal);
            Assert.Empty(Leftovers(cache));
            Tool.Run("mount", "-o", "remount,size=8m", folder["small"]);
            Assert.Equal(Digest.Of(Tar(spec)), (await builder.BuildAsync(spec, compression)).DiffId);
        }
        finally
        {
            Tool.Run("umount", folder["small"]);
        }
    }

    [SkippableFact]
    public async Task FindsLayersInACacheThatIsOnlyToBeRead()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can mount");
        using var folder = new TemporaryFolder();
        var spec = Spec(Text("a", "x"));
        Tool.Run("mount", "-t", "tmpfs", "tmpfs", folder.Folder("m"));
        try
        {
            var layer = await Build(new LayerCache(folder["m/cache"]), spec);
            Tool.Run("mount", "-o", "remount,ro", folder["m"]);
            Assert.Equal(layer.Descriptor, (await Build(new LayerCache(folder["m/cache"]), spec)).Descriptor);
            Assert.Equal(3011, (await Assert.ThrowsAsync<ContainerizeException>(() => Build(new LayerCache(folder["m/cache"]), Spec(Text("b", ""))))).Number);
        }
        finally
        {
            Tool.Run("umount", folder["m"]);
        }
    }

    // Held as Windows programs hold files: whoever opens it now, fails.
    private static FileStream Locked(string path) => new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    private sealed record Stopping(CancellationTokenSource Stop) : FileContent
    {
        public override long Size => 10_000_000;

        public override string Origin => "stops";

        public override Stream Open()
        {
            Stop.Cancel();
            return Stream.Null;
        }
    }
}
