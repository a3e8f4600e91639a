using System.Diagnostics;
using System.Globalization;
using Containerize.Containers;
using Containerize.Linux;

namespace Containerize.Tool.Containers;

/// <summary>A container's files, whether it runs or not: held open by the runtime's <c>view</c>, in a mount namespace that ends with it.</summary>
internal sealed class ContainerView : IDisposable
{
    private readonly Process _holder;

    private ContainerView(Process holder, Descriptor root) => (_holder, Root) = (holder, root);

    /// <summary>Their root.</summary>
    internal Descriptor Root { get; }

    /// <summary>Opens them; CTZ5054 where that cannot be.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="container">The container.</param>
    /// <param name="words">Of the runtime's view: --mounts, --write.</param>
    internal static ContainerView Open(LocalEngine engine, LocalContainer container, params ReadOnlySpan<string> words)
    {
        var start = new ProcessStartInfo(engine.Runtime.Path) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["--root", engine.Runtime.StateRoot, "view", "--directory", container.Paths.Directory, .. words])
        {
            start.ArgumentList.Add(word);
        }

        var holder = Process.Start(start)!;
        try
        {
            if (!int.TryParse(holder.StandardOutput.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw Failed(container, holder.StandardError.ReadToEnd().Trim().TrimEnd('.'));
            }

            // Its process id is ours to use while we have not waited for it.
            return new ContainerView(
                holder,
                FileSystem.Open(Descriptor.WorkingDirectory, string.Create(CultureInfo.InvariantCulture, $"/proc/{holder.Id}/fd/{number}"), OpenFlags.PathOnly | OpenFlags.Directory));
        }
        catch (SyscallException e)
        {
            Close(holder);
            throw Failed(container, e.Message);
        }
        catch
        {
            Close(holder);
            throw;
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        Close(_holder);
    }

    private static void Close(Process holder)
    {
        holder.StandardInput.Close();
        holder.WaitForExit();
        holder.Dispose();
    }

    private static ContainerizeException Failed(LocalContainer container, string why) =>
        new(5054, $"opening the files of the container '{container.Name}'", why.Length == 0 ? "the runtime ended without a word" : why, "See 'dotnet containerize doctor'.");
}
