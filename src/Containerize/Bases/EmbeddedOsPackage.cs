using System.Text.Json;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Bases;

/// <summary>An unpacked <c>Containerize.Base.[rid]</c>: its layers are used as they are, verified while they are read.</summary>
public sealed class EmbeddedOsPackage : IBlobSource
{
    private readonly string _folder;

    private EmbeddedOsPackage(string folder, EmbeddedBaseDocument document)
    {
        _folder = folder;
        Document = document;
    }

    /// <summary>What the package says of itself.</summary>
    public EmbeddedBaseDocument Document { get; }

    /// <summary>Reads a package's <c>base.json</c>; CTZ3051 where the folder is not such a package or not for the platform.</summary>
    public static EmbeddedOsPackage Read(string folder, Platform platform)
    {
        var document = ReadDocument(folder);
        if (document.FormatVersion != EmbeddedBaseDocument.CurrentFormatVersion)
        {
            throw EmbeddedBaseErrors.OsPackage(
                folder, $"its format is {document.FormatVersion}, and this Containerize reads {EmbeddedBaseDocument.CurrentFormatVersion}");
        }

        if (document.Os != platform.Os || document.Architecture != platform.Architecture)
        {
            throw EmbeddedBaseErrors.OsPackage(folder, $"it is for {document.Os}/{document.Architecture} and not for {platform}");
        }

        return new EmbeddedOsPackage(folder, document);
    }

    /// <summary>The layer of this name, os or extra; CTZ3051 where the package has none that is valid.</summary>
    public Layer Layer(string name)
    {
        var layer = Document.Layers.FirstOrDefault(l => l.Name == name)
            ?? throw EmbeddedBaseErrors.OsPackage(_folder, $"its base.json has no layer '{name}'");
        if (!Digest.TryParse(layer.Digest, out var digest) || !Digest.TryParse(layer.DiffId, out var diffId) || layer.Size <= 0
            || layer.MediaType != MediaTypes.OciLayerGzip)
        {
            throw EmbeddedBaseErrors.OsPackage(_folder, $"its base.json has a digest, size or media type for the layer '{name}' that is not valid");
        }

        return new Layer(new Descriptor { MediaType = layer.MediaType, Digest = digest, Size = layer.Size }, diffId, this);
    }

    /// <inheritdoc />
    public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
    {
        var name = Document.Layers.FirstOrDefault(l => l.Digest == blob.Digest.ToString())?.Name;
        var path = name is "os" or "extra" ? Path.Combine(_folder, "layers", $"{name}.tar.gz") : throw BlobErrors.Absent(blob, _folder);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw BlobErrors.Absent(blob, _folder, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Read(path, e);
        }

        if (file.Length != blob.Size)
        {
            var found = file.Length;
            file.Dispose();
            throw BlobErrors.Mismatch(blob, $"{found} bytes");
        }

        if (offset == 0)
        {
            return new ValueTask<Stream>(new VerifyingStream(file, blob));
        }

        file.Seek(offset, SeekOrigin.Begin);
        return new ValueTask<Stream>(file);
    }

    private static EmbeddedBaseDocument ReadDocument(string folder)
    {
        var path = Path.Combine(folder, "base.json");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (file.Length > OciJson.MaxDocumentBytes)
            {
                throw EmbeddedBaseErrors.OsPackage(folder, $"its base.json is {file.Length} bytes, more than the limit of {OciJson.MaxDocumentBytes}");
            }

            var document = JsonSerializer.Deserialize(file, EmbeddedBaseJson.Default.EmbeddedBaseDocument);
            // The serialiser takes null for a list or its members.
            return document?.Layers is not null && document.Layers.All(l => l?.Name is not null)
                ? document
                : throw EmbeddedBaseErrors.OsPackage(folder, "its base.json lists no layers");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw EmbeddedBaseErrors.OsPackage(folder, "it has no base.json", e);
        }
        catch (JsonException e)
        {
            throw EmbeddedBaseErrors.OsPackage(folder, $"its base.json cannot be read ({e.Message.TrimEnd('.')})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Read(path, e);
        }
    }
}
