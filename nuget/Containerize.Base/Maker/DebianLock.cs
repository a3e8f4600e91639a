using System.Text.Json;
using System.Text.Json.Serialization;

namespace Containerize.Base.Maker;

/// <summary>debian.lock.json: the exact Debian packages per architecture, so that equal sources give equal layers.</summary>
public sealed record DebianLock
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public int FormatVersion { get; init; } = 1;

    public string Suite { get; init; } = "bookworm";

    /// <summary>Debian's architecture name, then the package's name.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public SortedDictionary<string, SortedDictionary<string, LockedPackage>> Architectures { get; } = new(StringComparer.Ordinal);

    public static DebianLock Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<DebianLock>(File.ReadAllBytes(path), Options) ?? new DebianLock() : new DebianLock();

    /// <summary>The locked packages of an architecture; empty where nothing is locked yet.</summary>
    public IReadOnlyDictionary<string, LockedPackage> For(string architecture) =>
        Architectures.GetValueOrDefault(architecture) ?? new SortedDictionary<string, LockedPackage>(StringComparer.Ordinal);

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Options) + "\n");
}

/// <summary>One pinned package.</summary>
/// <param name="Version">The Debian version.</param>
/// <param name="Sha256">The digest of the .deb, hex.</param>
/// <param name="Source">The source package that it is built from.</param>
/// <param name="SourceVersion">The source package's version.</param>
public sealed record LockedPackage(string Version, string Sha256, string Source, string SourceVersion);
