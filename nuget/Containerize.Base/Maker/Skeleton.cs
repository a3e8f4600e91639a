using System.Text;
using Containerize.Layers;

namespace Containerize.Base.Maker;

/// <summary>What the base has that is in no package: folders, links of the merged /usr, users.</summary>
internal static class Skeleton
{
    /// <summary>The user of .NET's images: https://learn.microsoft.com/dotnet/core/compatibility/containers/8.0/app-user.</summary>
    private const int App = 1654;

    private const int Plain = 0b111_101_101;
    private const int Private = 0b111_000_000;
    private const int Sticky = 0b001_111_111_111;

    public static IEnumerable<LayerEntry> Entries(string architecture)
    {
        foreach (var folder in (string[])
            [
                "boot", "dev", "etc", "etc/ssl", "etc/ssl/certs", "home", "media", "mnt", "opt", "proc", "run", "srv", "sys", "usr", "usr/bin", "usr/lib", "usr/local",
                "usr/local/bin", "usr/local/lib", "usr/local/share", "usr/local/share/ca-certificates", "usr/sbin", "usr/share", "var", "var/cache", "var/lib", "var/log",
            ])
        {
            yield return Folder(folder, Plain);
        }

        yield return Folder("root", Private);
        yield return Folder("etc/ssl/private", Private);
        yield return Folder("home/app", Plain) with { Uid = App, Gid = App };
        yield return Folder("tmp", Sticky);
        yield return Folder("var/tmp", Sticky);
        yield return Folder("run/lock", Sticky);
        yield return Link("var/run", "/run");
        yield return Link("var/lock", "/run/lock");
        yield return Link("bin", "usr/bin");
        yield return Link("sbin", "usr/sbin");
        yield return Link("lib", "usr/lib");
        // Only on amd64 is the loader's standard path outside /lib.
        if (architecture == "amd64")
        {
            yield return Link("lib64", "usr/lib64");
        }

        yield return Text(
            "etc/passwd",
            $"""
            root:x:0:0:root:/root:/usr/sbin/nologin
            app:x:{App}:{App}::/home/app:/usr/sbin/nologin
            nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

            """);
        yield return Text(
            "etc/group",
            $"""
            root:x:0:
            tty:x:5:
            app:x:{App}:
            nogroup:x:65534:

            """);
        yield return Text(
            "etc/nsswitch.conf",
            """
            passwd: files
            group: files
            shadow: files
            hosts: files dns
            networks: files
            protocols: files
            services: files

            """);
    }

    public static LayerEntry Text(string path, string text) => File(path, 0b110_100_100, Encoding.UTF8.GetBytes(text));

    public static LayerEntry File(string path, int mode, byte[] bytes) =>
        new() { Path = path, Kind = LayerEntryKind.File, Mode = mode, Content = new InlineContent(bytes, $"the base's {path}") };

    public static LayerEntry Link(string path, string target) => new() { Path = path, Kind = LayerEntryKind.SymbolicLink, Mode = 0b111_111_111, LinkTarget = target };

    public static LayerEntry Folder(string path, int mode = Plain) => new() { Path = path, Kind = LayerEntryKind.Directory, Mode = mode };
}
