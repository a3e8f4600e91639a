using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>Waits for changes of what a project is built from.</summary>
internal sealed class SourceWatch : IDisposable
{
    // An editor writes several files, or one several times.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    // Nothing in them is a source of anybody's: what tools keep of their own.
    private static readonly string[] Tools = ["bin", "obj", "node_modules", "TestResults"];

    private const int MostNamed = 100;

    private readonly StagedSources _sources;
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly Lock _gate = new();
    private readonly List<string> _files = [];

    internal SourceWatch(StagedSources sources)
    {
        _sources = sources;
        foreach (var folder in sources.Folders.Where(Directory.Exists))
        {
            Watch(folder, "*", below: true);
        }

        foreach (var file in sources.Files.Where(f => Directory.Exists(Path.GetDirectoryName(f))))
        {
            Watch(Path.GetDirectoryName(file)!, Path.GetFileName(file), below: false);
        }
    }

    /// <summary>Waits for a change and until nothing more changes; gives a file that has.</summary>
    internal async Task<string> NextAsync(CancellationToken token)
    {
        await _changed.WaitAsync(token);
        while (await _changed.WaitAsync(Quiet, token))
        {
            // Once more.
        }

        lock (_gate)
        {
            // Many write a file beside its place and rename it: that one is gone.
            var file = _files.Find(File.Exists) ?? _files.FirstOrDefault();
            _files.Clear();
            return file ?? "";
        }
    }

    /// <summary>Whether a file of the folders can be a source.</summary>
    internal static bool IsSource(StagedSources sources, string path)
    {
        if (sources.Outputs.Any(o => path.StartsWith(o, StringComparison.Ordinal)))
        {
            return false;
        }

        var folder = sources.Folders.Where(f => path.StartsWith(f + Path.DirectorySeparatorChar, StringComparison.Ordinal)).MaxBy(f => f.Length);
        var parts = (folder is null ? Path.GetFileName(path) : path[(folder.Length + 1)..]).Split(Path.DirectorySeparatorChar);
        // Of editors: .file.swp, file~, #file#, and 4913 with which Vim tries whether it may write.
        return !parts.Any(p => p.StartsWith('.') && p is not ".editorconfig" and not ".globalconfig")
            && !parts[..^1].Any(Tools.Contains)
            && !(parts[^1].EndsWith('~') || parts[^1].StartsWith('#') || parts[^1].EndsWith(".swp", StringComparison.Ordinal) || parts[^1].EndsWith(".tmp", StringComparison.Ordinal) || parts[^1] == "4913");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watchers.ForEach(w => w.Dispose());
        _changed.Dispose();
    }

    private void Watch(string folder, string filter, bool below)
    {
        var watcher = new FileSystemWatcher(folder, filter)
        {
            IncludeSubdirectories = below,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            InternalBufferSize = 64 * 1024,
        };
        watcher.Changed += (_, e) => Note(e.FullPath);
        watcher.Created += (_, e) => Note(e.FullPath);
        watcher.Deleted += (_, e) => Note(e.FullPath);
        watcher.Renamed += (_, e) => Note(e.FullPath);
        // More happened than could be told: something has changed.
        watcher.Error += (_, _) => Note(null);
        watcher.EnableRaisingEvents = true;
        _watchers.Add(watcher);
    }

    private void Note(string? path)
    {
        if (path is not null && !IsSource(_sources, path))
        {
            return;
        }

        lock (_gate)
        {
            if (path is not null && _files.Count < MostNamed)
            {
                _files.Add(path);
            }
        }

        try
        {
            _changed.Release();
        }
        catch (ObjectDisposedException)
        {
            // It came last.
        }
    }
}
