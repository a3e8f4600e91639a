namespace Containerize.Testing;

/// <summary>The turn to build a project: two builds at once would write into the same obj folder, and test assemblies run side by side.</summary>
internal sealed class BuildTurn : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private BuildTurn(FileStream file) => _file = file;

    /// <summary>Waits for it, among all processes of this user.</summary>
    internal static async Task<BuildTurn> TakeAsync(string project, CancellationToken token)
    {
        var path = Path.Combine(Directory.CreateDirectory(UserCache.Folder).FullName, $"build-{UserCache.KeyOf(project)}.lock");
        while (true)
        {
            try
            {
                // .NET locks it (flock), and the kernel lets go of it when we do not.
                return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                await Task.Delay(Pause, token);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
