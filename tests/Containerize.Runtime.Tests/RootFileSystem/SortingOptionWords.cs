using System.Text;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

public class SortingOptionWords
{
    private static readonly string[] Words =
    [
        "defaults", "acl", "async", "atime", "bind", "bind-nonrecursive", "dev", "diratime", "dirsync", "exec", "iversion", "lazytime", "loud", "mand",
        "noacl", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow",
        "rbind", "relatime", "remount", "ro", "rw", "silent", "strictatime", "suid", "symfollow", "sync",
        "shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable",
        "ratime", "rdev", "rdiratime", "rexec", "rnoatime", "rnodev", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid",
        "rnosymfollow", "rrelatime", "rro", "rrw", "rstrictatime", "rsuid", "rsymfollow",
        "tmpcopyup", "idmap", "ridmap", "mode=755", "data=ordered", "size=64k", "RO", "",
    ];

    [Fact]
    public void GivesEachToWhoUnderstandsIt()
    {
        var text = new StringBuilder();
        foreach (var word in Words)
        {
            text.Append(word).Append(": ").Append(Dump(word)).Append('\n');
        }

        Verify.Text(text.ToString());
    }

    // What is left over is the filesystem's.
    [Fact]
    public void FeaturesNameAllThatAreUnderstood() => Assert.Equal(
        Words.Where(word => word.Length > 0 && !Dump(word).StartsWith("data=", StringComparison.Ordinal)).Order(StringComparer.Ordinal), MountOptions.Words);

    [Theory]
    [InlineData("ro,rw", "clear=ReadOnly")]
    [InlineData("rw,ro", "set=ReadOnly")]
    [InlineData("nosuid,nodev,suid", "set=NoDevices clear=NoSuid")]
    [InlineData("rro,rrw", "all-clear=ReadOnly")]
    [InlineData("rnoatime,rrelatime", "all-clear=AccessTime")]
    [InlineData("rstrictatime,rnoatime", "all-set=NoAccessTime all-clear=AccessTime")]
    [InlineData("mode=755,nosuid,size=1m,mode=700", "set=NoSuid data=mode=755,size=1m,mode=700")]
    [InlineData("rslave,shared", "propagation=Recursive|Slave propagation=Shared")]
    [InlineData("bind,rbind", "set=Bind|Recursive")]
    public void TheLaterOfTwoHolds(string words, string expected) => Assert.Equal(expected, Dump(words.Split(',')));

    [Fact]
    public void NoWordsAreNoOptions()
    {
        Assert.Equal("", Dump());
        Assert.Equal(0ul, MountOptions.Parse(null).Flags);
    }

    private static string Dump(params string[] words)
    {
        var options = MountOptions.Parse(words);
        var parts = new List<string>();
        Add(parts, "set", options.Flags, typeof(MountFlags));
        Add(parts, "clear", options.Cleared, typeof(MountFlags));
        Add(parts, "all-set", options.RecursiveSet, typeof(MountAttributes));
        Add(parts, "all-clear", options.RecursiveClear, typeof(MountAttributes));
        foreach (var change in options.Propagation)
        {
            Add(parts, "propagation", change, typeof(MountFlags));
        }

        if (options.CopyUp)
        {
            parts.Add("copy");
        }

        if (options.IdMapped != IdMapped.None)
        {
            parts.Add($"ids={options.IdMapped}");
        }

        if (options.Data.Length > 0)
        {
            parts.Add($"data={options.Data}");
        }

        return string.Join(' ', parts);
    }

    // The names of the constants that make up the bits.
    private static void Add(List<string> parts, string name, ulong bits, Type constants)
    {
        if (bits == 0)
        {
            return;
        }

        var names = constants.GetFields().Where(field => field.IsLiteral).Select(field => (field.Name, Bits: (ulong)field.GetRawConstantValue()!)).ToList();
        var exact = names.Where(field => field.Bits == bits).Select(field => field.Name).ToList();
        parts.Add($"{name}={(exact.Count > 0 ? exact[0] : string.Join('|', names.Where(field => ulong.IsPow2(field.Bits) && (bits & field.Bits) != 0).Select(field => field.Name)))}");
    }
}
