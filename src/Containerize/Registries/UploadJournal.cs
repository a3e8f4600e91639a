using System.Globalization;
using System.Text;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries;

/// <summary>Uploads that are under way, a small file each, so that a later push can go on with what an earlier one was killed in.</summary>
/// <remarks>What cannot be written is not remembered; a registry forgets uploads too, so a note is a hint and no more.</remarks>
internal sealed class UploadJournal(string directory, TimeProvider time)
{
    private const int MostNotes = 64;

    // Registries clear their uploads away after some days; distribution's default is a week.
    private static readonly TimeSpan Life = TimeSpan.FromDays(3);

    /// <summary>The note of one upload, kept for this process alone; null where another has it.</summary>
    internal UploadNote? Open(string name)
    {
        var path = Path.Combine(directory, Digest.Of(Encoding.UTF8.GetBytes(name)).Hex);
        try
        {
            if (FileLock.TryAcquire(path + ".lock", shared: false) is not { } held)
            {
                return null;
            }

            Tidy();
            return new UploadNote(path, name, held, time.GetUtcNow() - Life, time);
        }
        catch (ContainerizeException)
        {
            return null;
        }
    }

    private void Tidy()
    {
        try
        {
            var notes = new DirectoryInfo(directory).GetFiles();
            if (notes.Length <= MostNotes)
            {
                return;
            }

            Array.Sort(notes, static (a, b) => b.LastWriteTimeUtc.CompareTo(a.LastWriteTimeUtc));
            foreach (var old in notes.AsSpan(MostNotes / 2))
            {
                // One that is in use keeps its lock's file open, and writes itself again.
                old.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process tidies up as well.
        }
    }
}

/// <summary>One upload's note.</summary>
internal sealed class UploadNote : IDisposable
{
    private const string Head = "containerize upload 1";
    private readonly string _path;
    private readonly string _name;
    private readonly FileLock _held;
    private readonly TimeProvider _time;

    internal UploadNote(string path, string name, FileLock held, DateTimeOffset notBefore, TimeProvider time)
    {
        _path = path;
        _name = name;
        _held = held;
        _time = time;
        Location = Read(notBefore);
    }

    /// <summary>Where an earlier push's upload goes on; null where there is none.</summary>
    internal Uri? Location { get; private set; }

    public void Dispose()
    {
        _held.Dispose();
        if (!File.Exists(_path))
        {
            Layers.AtomicFile.TryDelete(_path + ".lock");
        }
    }

    /// <summary>Remembers the upload's address.</summary>
    internal void Keep(Uri location)
    {
        Location = null;
        Layers.AtomicFile.TryWrite(
            _path, Encoding.UTF8.GetBytes($"{Head}\n{_name}\n{location.AbsoluteUri}\n{_time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}\n"));
    }

    /// <summary>Forgets it.</summary>
    internal void Forget()
    {
        Location = null;
        Layers.AtomicFile.TryDelete(_path);
    }

    private Uri? Read(DateTimeOffset notBefore)
    {
        try
        {
            return AtomicFile.TryRead(_path, 64 * 1024) is { } bytes
                && Encoding.UTF8.GetString(bytes).Split('\n') is [Head, var name, var location, var written, ""]
                && name == _name
                && long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds >= notBefore.ToUnixTimeSeconds()
                && Uri.TryCreate(location, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
                && uri.UserInfo.Length == 0
                    ? uri
                    : null;
        }
        catch (ContainerizeException)
        {
            return null;
        }
    }
}
