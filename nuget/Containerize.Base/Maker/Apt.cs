using System.Security.Cryptography;

namespace Containerize.Base.Maker;

/// <summary>apt for one architecture and suite, with folders of its own: nothing on the machine is changed, and root is not needed.</summary>
/// <param name="architecture">Debian's name: amd64, arm64.</param>
/// <param name="suite">The suite: bookworm.</param>
/// <param name="downloads">Where the packages (by digest) and apt's own state are kept between builds.</param>
internal sealed class Apt(string architecture, string suite, string downloads)
{
    private readonly string _state = Path.Combine(downloads, $"apt-{architecture}");
    private readonly string _packages = Path.Combine(downloads, "packages");
    private bool _updated;

    /// <summary>The path of a pinned package, once it has been downloaded.</summary>
    public string PathOf(LockedPackage package) => Path.Combine(_packages, package.Sha256 + ".deb");

    /// <summary>Makes the packages present: exactly the pinned ones where all are still served, otherwise the newest of the suite.</summary>
    /// <returns>The packages that are present now, by name.</returns>
    public IReadOnlyDictionary<string, LockedPackage> Get(IReadOnlyList<string> names, IReadOnlyDictionary<string, LockedPackage> pinned, bool newest)
    {
        if (!newest && names.All(n => pinned.TryGetValue(n, out var p) && IsPresent(p)))
        {
            return pinned;
        }

        Update();
        var served = Records(names, allVersions: true);
        // One package moving alone could be of another source version than its siblings: all move together.
        if (newest || !names.All(n => pinned.TryGetValue(n, out var p) && (IsPresent(p) || served.Any(s => s.Name == n && s.Package == p))))
        {
            var candidates = Records(names, allVersions: false);
            pinned = names.ToDictionary(
                n => n,
                n => candidates.FirstOrDefault(c => c.Name == n).Package ?? throw new MakingFailed($"The suite {suite} has no package {n} for {architecture}."));
        }

        Download(names.Where(n => !IsPresent(pinned[n])).Select(n => (n, pinned[n])).ToList());
        return pinned;
    }

    private bool IsPresent(LockedPackage package)
    {
        var path = PathOf(package);
        return File.Exists(path) && Sha256(path) == package.Sha256;
    }

    private void Update()
    {
        if (_updated)
        {
            return;
        }

        if (Directory.Exists(_state))
        {
            Directory.Delete(_state, recursive: true);
        }

        foreach (var folder in (string[])["lists/partial", "cache/archives/partial"])
        {
            Directory.CreateDirectory(Path.Combine(_state, folder));
        }

        File.WriteAllText(Path.Combine(_state, "status"), "");
        AptSources.CopyTo(Path.Combine(_state, "sources"), suite);
        // The machine's own configuration is read first (proxies, time checks); its hooks would act on the machine's own folders.
        File.WriteAllText(
            Configuration,
            $"""
            #clear APT::Update::Pre-Invoke;
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;
            #clear APT::Architectures;
            APT::Architecture "{architecture}";
            APT::Architectures "{architecture}";
            APT::Sandbox::User "";
            Dir::State "{_state}";
            Dir::State::lists "{_state}/lists";
            Dir::State::status "{_state}/status";
            Dir::Cache "{_state}/cache";
            Dir::Etc::sourcelist "/dev/null";
            Dir::Etc::sourceparts "{_state}/sources";
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";
            Acquire::Languages "none";
            Acquire::Retries "3";
            DPkg::Lock::Timeout "120";

            """);
        Command.Text("apt-get", ["-c", Configuration, "-q", "update"]);
        _updated = true;
    }

    private string Configuration => Path.Combine(_state, "apt.conf");

    private List<(string Name, LockedPackage Package)> Records(IReadOnlyList<string> names, bool allVersions)
    {
        List<string> arguments = ["-c", Configuration, .. allVersions ? [] : (string[])["--no-all-versions"], "show", .. names];
        var records = new List<(string, LockedPackage)>();
        foreach (var text in Command.Text("apt-cache", arguments).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = Stanza.Parse(text);
            var version = fields["Version"];
            records.Add((fields["Package"], new LockedPackage(version, fields["SHA256"], SourceOf(fields).Name, SourceOf(fields).Version)));
        }

        return records;
    }

    /// <summary>"Source: gcc-12 (12.2.0-14)": absent where it is the package itself, the version absent where it is the same.</summary>
    private static (string Name, string Version) SourceOf(Dictionary<string, string> fields)
    {
        var words = fields.GetValueOrDefault("Source", fields["Package"]).Split(' ', 2);
        return (words[0], words.Length == 2 ? words[1].Trim('(', ')') : fields["Version"]);
    }

    private void Download(List<(string Name, LockedPackage Package)> packages)
    {
        if (packages.Count == 0)
        {
            return;
        }

        Directory.CreateDirectory(_packages);
        var incoming = Directory.CreateDirectory(Path.Combine(_state, "incoming")).FullName;
        Command.Text("apt-get", ["-c", Configuration, "-q", "download", .. packages.Select(p => $"{p.Name}={p.Package.Version}")], incoming);
        foreach (var file in Directory.GetFiles(incoming, "*.deb"))
        {
            File.Move(file, Path.Combine(_packages, Sha256(file) + ".deb"), overwrite: true);
        }

        foreach (var (name, package) in packages)
        {
            if (!IsPresent(package))
            {
                throw new MakingFailed($"apt downloaded {name} {package.Version} for {architecture} with another digest than {package.Sha256}.");
            }
        }
    }

    private static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
