using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>A root beside a directory of the host, which no path of the root may reach.</summary>
public sealed class FindingPathsInTheRoot : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ProcFs _proc = ProcFs.Open();
    private readonly RootDirectory _root;

    public FindingPathsInTheRoot()
    {
        _folder.Folder("host");
        _folder.Folder("root/etc");
        _folder.Write("root/etc/file", "x");
        _root = new RootDirectory(FileSystem.Open(Descriptor.WorkingDirectory, _folder["root"], OpenFlags.PathOnly | OpenFlags.Directory), _proc);
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("a", "/a")]
    [InlineData("//a/./b//", "/a/b")]
    [InlineData("/a/../../b", "/b")]
    [InlineData("/../..", "/")]
    public void CleaningDoesNotLookAtTheDisk(string path, string clean) => Assert.Equal(clean, RootDirectory.Clean(path));

    [Theory]
    [InlineData("/a/b/c")]
    [InlineData("/etc/a")]
    [InlineData("/etc/../a/./b")]
    [InlineData("/../../../a")]
    public void WhatIsMissingIsMade(string path)
    {
        using var made = _root.MakeDirectory(path);
        Assert.Equal(RootDirectory.Clean(path), _root.PathOf(made.Number));
        Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(_folder["root" + RootDirectory.Clean(path)]));
    }

    [Theory]
    [InlineData("/etc/file", "/etc/file")]
    [InlineData("/etc/new", "/etc/new")]
    [InlineData("/a/b/new", "/a/b/new")]
    public void FilesAreMadeEmpty(string path, string expected)
    {
        using var made = _root.MakeFile(path);
        Assert.Equal(expected, _root.PathOf(made.Number));
        Assert.Equal(path == "/etc/file" ? "x" : "", File.ReadAllText(_folder["root" + path]));
    }

    [Theory]
    [InlineData("../../../../host", "/host/a/b")]
    [InlineData("/missing/place", "/missing/place/a/b")]
    [InlineData("etc", "/etc/a/b")]
    [InlineData("etc/../etc/./..", "/a/b")]
    [InlineData("/", "/a/b")]
    public void LinksStayInside(string target, string expected)
    {
        File.CreateSymbolicLink(_folder["root/link"], target);
        using var made = _root.MakeDirectory("/link/a/b");
        Assert.Equal(expected, _root.PathOf(made.Number));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["host"]));
    }

    [Fact]
    public void AnAbsoluteLinkToTheHostStaysInside()
    {
        File.CreateSymbolicLink(_folder["root/link"], _folder["host"]);
        using var made = _root.MakeDirectory("/link/a");
        Assert.Equal(_folder["host"] + "/a", _root.PathOf(made.Number));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["host"]));
    }

    [Fact]
    public void LinksInACircleAreAnError()
    {
        File.CreateSymbolicLink(_folder["root/one"], "two");
        File.CreateSymbolicLink(_folder["root/two"], "one");
        Assert.Equal(Errno.ELOOP, Assert.Throws<SyscallException>(() => _root.MakeDirectory("/one/x")).Errno);
    }

    [Fact]
    public void AnOrdinaryDirectoryIsBehindNoLink()
    {
        Directory.CreateSymbolicLink(_folder["root/link"], "etc");
        Assert.Equal(Errno.ELOOP, Assert.Throws<SyscallException>(() => _root.MakeOrdinaryDirectory("/link")).Errno);
        Assert.Equal(Errno.ELOOP, Assert.Throws<SyscallException>(() => _root.MakeOrdinaryDirectory("/link/new")).Errno);
        Assert.Equal(Errno.ENOTDIR, Assert.Throws<SyscallException>(() => _root.MakeOrdinaryDirectory("/etc/file")).Errno);
        using var made = _root.MakeOrdinaryDirectory("/new/proc");
        Assert.Equal("/new/proc", _root.PathOf(made.Number));
    }

    [Fact]
    public void AFileIsNoDirectory() =>
        Assert.Equal(Errno.ENOTDIR, Assert.Throws<SyscallException>(() => _root.MakeDirectory("/etc/file/x")).Errno);

    [Fact]
    public void MagicLinksAreNotFollowed()
    {
        using var host = FileSystem.Open(Descriptor.WorkingDirectory, "/", OpenFlags.PathOnly | OpenFlags.Directory);
        using var all = new RootDirectory(FileSystem.Open(Descriptor.WorkingDirectory, "/", OpenFlags.PathOnly | OpenFlags.Directory), _proc);
        Assert.Equal(Errno.ELOOP, Assert.Throws<SyscallException>(() => all.Open($"/proc/self/fd/{host.Number}/etc")).Errno);
    }

    [Theory]
    [InlineData("/proc", true, true)]
    [InlineData("/proc", false, false)]
    [InlineData("/proc/self/attr", false, false)]
    [InlineData("/proc/sys", true, false)]
    [InlineData("/proc/cpuinfo", false, false)]
    [InlineData("/process", false, true)]
    [InlineData("/sys/kernel", false, true)]
    public void OnlyAProcfsIsMountedAtProc(string inside, bool isProc, bool allowed)
    {
        var exception = Record.Exception(() => ProcGuard.Check(inside, isProc, source: null));
        Assert.Equal(allowed, exception is null);
    }

    [Theory]
    [InlineData("/proc/meminfo", true)]
    [InlineData("/proc/sys/kernel/ns_last_pid", true)]
    [InlineData("/proc/self/exe", false)]
    [InlineData("/proc/sys/kernel/core_pattern", false)]
    [InlineData("/proc", false)]
    public void OnlyEmulatedFilesAreBoundBelowProc(string inside, bool allowed)
    {
        using var source = FileSystem.Open(Descriptor.WorkingDirectory, _folder["root/etc/file"], OpenFlags.PathOnly);
        var exception = Record.Exception(() => ProcGuard.Check(inside, isProc: false, source));
        Assert.Equal(allowed, exception is null);
    }

    public void Dispose()
    {
        _root.Dispose();
        _proc.Dispose();
        _folder.Dispose();
    }
}
