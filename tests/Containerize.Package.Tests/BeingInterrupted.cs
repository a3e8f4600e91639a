using System.Text;
using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>No room, no registry, no more time: one error or none, nothing half, no secret.</summary>
public sealed class BeingInterrupted : IDisposable
{
    private readonly Workspace _workspace = new();

    [SkippableFact]
    public void AFullDiskIsOneErrorAndRoomIsAllItNeeds()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        var project = Path.Combine(_workspace.Copy("HelloConsole"), "HelloConsole.csproj");
        var digest = _workspace.Publish(project).Image.Digest;
        var small = Directory.CreateDirectory(_workspace["small"]).FullName;
        Skip.IfNot(Shell.Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small).ExitCode == 0, "a tmpfs cannot be mounted");
        try
        {
            var store = _workspace.Publish(project, new Dictionary<string, string?> { ["CONTAINERIZE_ROOT"] = Path.Combine(small, "root") }, "--no-build");
            Assert.Contains(small, store.OneError(Assert.Single(store.ErrorCodes)), StringComparison.Ordinal);
            Assert.StartsWith("CTZ3", store.ErrorCodes[0], StringComparison.Ordinal);
            Shell.Run("rm", "-rf", Path.Combine(small, "root")).Succeeded();
            var archive = _workspace.Publish(project, "--no-build", $"-p:ContainerArchiveOutputPath={small}/image.tar");
            Assert.Contains(small, archive.OneError(Assert.Single(archive.ErrorCodes)), StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(small));
        }
        finally
        {
            Shell.Run("umount", small).Succeeded();
        }

        Assert.Equal(digest, _workspace.Publish(project, "--no-build", $"-p:ContainerArchiveOutputPath={small}/image.tar").Image.Digest);
    }

    [Theory]
    [InlineData("DOTNET")]
    [InlineData("SDK")]
    public void ASecretIsInNoLog(string prefix)
    {
        var project = Path.Combine(_workspace.Copy("HelloConsole"), "HelloConsole.csproj");
        const string Secret = "canary-6f1c2b9e7d";
        var log = _workspace["tmp/push.binlog"];
        var variables = new Dictionary<string, string?> { [$"{prefix}_CONTAINER_REGISTRY_UNAME"] = "somebody", [$"{prefix}_CONTAINER_REGISTRY_PWORD"] = Secret };
        var failed = _workspace.Publish(project, variables, "-p:ContainerRegistry=127.0.0.1:1", $"-bl:{log}");
        Assert.StartsWith("CTZ4", Assert.Single(failed.ErrorCodes), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failed.Output, StringComparison.Ordinal);
        string[] forms = [Secret, Convert.ToBase64String(Encoding.UTF8.GetBytes("somebody:" + Secret))];
        var nodes = 0;
        var found = new List<string>();
        Microsoft.Build.Logging.StructuredLogger.Serialization.Read(log).VisitAllChildren<Microsoft.Build.Logging.StructuredLogger.BaseNode>(n =>
        {
            nodes++;
            if (forms.Any(f => n.ToString()!.Contains(f, StringComparison.Ordinal)) && PathOf(n) is var path && !IsOfMSBuild(path))
            {
                found.Add(path);
            }
        });
        Assert.True(nodes > 1000, "the log was not read");
        Assert.True(found.Count == 0, string.Join("\n", found));
        foreach (var form in forms)
        {
            Assert.All(Directory.EnumerateFiles(_workspace.Root, "*", SearchOption.AllDirectories), f => Assert.DoesNotContain(form, File.ReadAllText(f), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void AnInterruptLeavesNothingBehind()
    {
        var project = _workspace.Copy("WebApi");
        _workspace.Publish(project, "-p:ContainerImageTag=before").Image.Digest.ToString();
        var before = File.ReadAllText(Path.Combine(_workspace.Root, "data/images/index.json"));
        // Large enough that the build is surely in the middle of it.
        Shell.RunIn(project, null, "bash", "-c", "head -c 400000000 /dev/urandom > wwwroot/large.bin").Succeeded();
        using var publish = Shell.Start(
            project, _workspace.Environment(), "dotnet", "publish", "-t:Containerize", "-p:CompressionEnabled=false", "-p:StaticWebAssetsEnabled=true");
        var cache = Path.Combine(_workspace.Root, "cache");
        var began = DateTime.UtcNow;
        while (!publish.HasEnded && TemporaryFiles(cache) == 0 && DateTime.UtcNow - began < TimeSpan.FromMinutes(5))
        {
            Thread.Sleep(20);
        }

        Assert.False(publish.HasEnded, publish.Output);
        Shell.Run("kill", "-INT", $"{publish.Id}").Succeeded();
        var ended = publish.End(TimeSpan.FromMinutes(1));
        Assert.NotEqual(0, ended.ExitCode);
        Assert.DoesNotMatch(@"(?m)^\s+at [A-Z]\w+\.|MSB4018", ended.Output);
        Assert.Equal(0, TemporaryFiles(cache));
        Assert.Equal(before, File.ReadAllText(Path.Combine(_workspace.Root, "data/images/index.json")));
    }

    public void Dispose() => _workspace.Dispose();

    // MSBuild itself logs variables of its environment and, of those that start with DOTNET_, also as properties: without our package too.
    private static bool IsOfMSBuild(string path) =>
        path.StartsWith("/Environment/", StringComparison.Ordinal)
        || (path.StartsWith("/Evaluation/", StringComparison.Ordinal) && path.Contains("/Properties/DOTNET_CONTAINER_REGISTRY_PWORD = ", StringComparison.Ordinal));

    private static string PathOf(Microsoft.Build.Logging.StructuredLogger.BaseNode node)
    {
        var path = node.ToString()!;
        for (var at = node.Parent; at?.Parent is not null; at = at.Parent)
        {
            path = $"{at}/{path}";
        }

        return "/" + path;
    }

    private static int TemporaryFiles(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count(f => Path.GetFileName(f).Contains(".tmp", StringComparison.Ordinal))
            : 0;
}
