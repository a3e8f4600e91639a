using System.IO.Enumeration;

namespace Containerize.Base.Maker;

/// <summary>What one Debian package gives to the base.</summary>
/// <param name="Package">The binary package.</param>
/// <param name="Layer">The layer: os or extra.</param>
/// <param name="Licence">The licences of what is kept, in SPDX's words; the whole text is in the package's copyright file.</param>
/// <param name="Keep">Patterns of paths that are kept, besides the copyright file; '*' matches any characters.</param>
/// <param name="Drop">Patterns of paths that are not, although a pattern above has them.</param>
public sealed record Contents(string Package, string Layer, string Licence, IReadOnlyList<string> Keep, IReadOnlyList<string> Drop)
{
    /// <summary>Everything in the base; what is not named here stays out: manuals, locales, tools, and all gconv modules.</summary>
    /// <remarks>
    /// .NET converts text itself and never calls iconv, so that gconv modules (8 MB) are left out: https://learn.microsoft.com/dotnet/api/system.text.codepagesencodingprovider.
    /// zlib is linked into .NET's own libraries since .NET 9; gssapi and lttng are optional for it and not in Microsoft's images either.
    /// </remarks>
    public static IReadOnlyList<Contents> All { get; } =
    [
        new("base-files", "os", "GPL-2.0-or-later", ["etc/debian_version", "etc/os-release", "usr/lib/os-release", "usr/share/common-licenses/*"], []),
        new("ca-certificates", "os", "GPL-2.0-or-later AND MPL-2.0", ["usr/share/ca-certificates/mozilla/*.crt"], []),
        new("gcc-12-base", "os", "GPL-3.0-or-later WITH GCC-exception-3.1", [], []),
        new(
            "libc6",
            "os",
            "LGPL-2.1-or-later AND GPL-2.0-or-later",
            ["usr/lib/ld-linux*", "usr/lib64/ld-linux*", "usr/lib/*-linux-gnu/ld-linux*", "usr/lib/*-linux-gnu/lib*.so*"],
            // For debuggers and profilers, and for Hesiod.
            ["*/audit/*", "*/gconv/*", "*/libc_malloc_debug.so*", "*/libmemusage.so", "*/libpcprofile.so", "*/libthread_db.so*", "*/libnss_hesiod.so*"]),
        new("libgcc-s1", "os", "GPL-3.0-or-later WITH GCC-exception-3.1", ["usr/lib/*-linux-gnu/lib*.so*"], []),
        new("libssl3", "os", "Apache-2.0", ["usr/lib/*-linux-gnu/lib*.so*", "usr/lib/*-linux-gnu/ossl-modules/*.so"], []),
        new("libstdc++6", "os", "GPL-3.0-or-later WITH GCC-exception-3.1", ["usr/lib/*-linux-gnu/lib*.so*"], []),
        // Only the configuration, and the links that say where libssl finds it and the certificates.
        new("openssl", "os", "Apache-2.0", ["etc/ssl/openssl.cnf", "usr/lib/ssl/cert.pem", "usr/lib/ssl/certs", "usr/lib/ssl/openssl.cnf", "usr/lib/ssl/private"], []),
        new("libicu72", "extra", "Unicode-3.0 AND ICU", ["usr/lib/*-linux-gnu/lib*.so*"], ["*/libicutest.so*", "*/libicutu.so*"]),
        // "right" counts leap seconds, "posix" is the same again.
        new("tzdata", "extra", "LicenseRef-public-domain", ["usr/share/zoneinfo/*"], ["usr/share/zoneinfo/right/*", "usr/share/zoneinfo/posix/*"]),
    ];

    /// <summary>Whether this path of the package is in the base.</summary>
    public bool Has(string path) =>
        path == $"usr/share/doc/{Package}/copyright"
        || path == $"usr/share/doc/{Package}"
        || (Keep.Any(p => Matches(p, path)) && !Drop.Any(p => Matches(p, path)));

    private static bool Matches(string pattern, string path) => FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false);
}
