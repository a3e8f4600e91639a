using System.Security.Cryptography;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Streams;

namespace Containerize.Storage;

/// <summary>Writes one blob: hashed and counted on its way to a temporary file, in its place only after <see cref="Commit(Descriptor)"/>.</summary>
public sealed class BlobWriter : ForwardWriter
{
    private readonly BlobStore _store;
    private readonly string _temporary;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private IncrementalHash? _hash512;
    private long _length;
    private bool _committed;

    internal BlobWriter(BlobStore store)
    {
        _store = store;
        _temporary = Path.Combine(store.Directory, $".tmp-{Environment.ProcessId}-{Path.GetRandomFileName()}");
        BlobStore.EnsureParent(_temporary);
        try
        {
            _file = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 128 * 1024);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(_temporary, e);
        }
    }

    /// <inheritdoc />
    public override long Length => _length;

    /// <inheritdoc />
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Also hashes with sha512, for a blob that is addressed so; before the first byte.</summary>
    public void UseSha512() => _hash512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _file.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(_temporary, e);
        }

        _hash.AppendData(buffer);
        _hash512?.AppendData(buffer);
        _length += buffer.Length;
    }

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    /// <summary>Puts the blob in its place and says what it is.</summary>
    public Descriptor Commit(string mediaType)
    {
        var descriptor = new Descriptor { MediaType = mediaType, Digest = Digest.FromHash(_hash.GetCurrentHash()), Size = _length };
        Place(descriptor);
        return descriptor;
    }

    /// <summary>Puts the blob in its place if it is the one expected; else CTZ3003 and nothing is left.</summary>
    public void Commit(Descriptor expected)
    {
        var actual = Digest.FromHash(expected.Digest.Algorithm == "sha512" && _hash512 is not null ? _hash512.GetCurrentHash() : _hash.GetCurrentHash());
        // A sha512 blob that was not hashed as such is read once more.
        if (expected.Digest.Algorithm == "sha512" && _hash512 is null)
        {
            _file.Flush();
            using var again = File.OpenRead(_temporary);
            actual = Digest.FromHash(SHA512.HashData(again));
        }

        if (actual != expected.Digest || _length != expected.Size)
        {
            throw BlobErrors.Mismatch(expected, $"{_length} bytes of {actual}");
        }

        Place(expected);
    }

    /// <inheritdoc />
    public override void Flush() => _file.Flush();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                _file.Dispose();
            }
            catch (IOException) when (!_committed)
            {
                // The buffer could not be flushed to a full disk; the file is removed below.
            }

            _hash.Dispose();
            _hash512?.Dispose();
            if (!_committed)
            {
                File.Delete(_temporary);
            }
        }

        base.Dispose(disposing);
    }

    private void Place(Descriptor blob)
    {
        try
        {
            _file.Flush();
            _file.Dispose();
            var path = _store.PathOf(blob.Digest);
            BlobStore.EnsureParent(path);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }

            _store.Contains(blob); // puts a damaged one aside, a folder above all
            File.Move(_temporary, path, overwrite: true);
            _committed = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(_temporary, e);
        }
    }
}
