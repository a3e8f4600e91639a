using System.IO.Pipes;
using System.Security.Cryptography;
using System.Text;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Storage;
using Containerize.Threading;

namespace Containerize.Containers;

/// <summary>A project's own layers for containers of it, straight from its publish output: nothing is stored as a tar, and nothing compressed.</summary>
/// <remarks>
/// The tar goes through a pipe from who writes it to who unpacks it. So the tree and the diff id are the very ones of the image, whichever of both was
/// made first. Which layer a content has is remembered in <c>&lt;data&gt;/staged</c>, a file for each project and name of a layer, so that of what is
/// unchanged no file is opened.
/// </remarks>
/// <param name="unpacked">Where they go.</param>
/// <param name="cache">Knows the files' contents by their states.</param>
/// <param name="paths">Where things live.</param>
public sealed class StagedLayers(UnpackedLayers unpacked, LayerCache cache, StoragePaths paths)
{
    private readonly string _directory = DirectoryOf(paths);

    /// <summary>The layers of these plans, in their order; the caller holds the layers (<see cref="UnpackedLayers.HoldAsync"/>).</summary>
    /// <exception cref="ContainerizeException">CTZ2003 to CTZ2006 for files that cannot be read or change meanwhile, CTZ5005 where there is no room.</exception>
    public IReadOnlyList<UnpackedLayer> Ensure(IReadOnlyList<LayerSpec> specs, CancellationToken cancellationToken)
    {
        var found = new UnpackedLayer[specs.Count];
        Workers.Run(specs.Count, Environment.ProcessorCount, (i, token) => found[i] = Ensure(specs[i], token), cancellationToken);
        return found;
    }

    /// <summary>Removes what newer layers of the same project have superseded; nothing where somebody is about to use some.</summary>
    /// <param name="unpacked">Where they are.</param>
    /// <param name="paths">Where things live.</param>
    /// <param name="findUsed">Finds the diff ids of the layers that stay; asked when nobody can take one into use any more.</param>
    public static void RemoveSuperseded(UnpackedLayers unpacked, StoragePaths paths, Func<IReadOnlySet<Digest>> findUsed)
    {
        var directory = DirectoryOf(paths);
        if (!Directory.Exists(directory))
        {
            return;
        }

        using var alone = unpacked.TryHoldAlone();
        if (alone is null)
        {
            return;
        }

        var used = findUsed();
        foreach (var record in Directory.EnumerateFiles(directory).Select(StagedRecord.Read))
        {
            foreach (var diffId in record.Superseded.Where(d => !used.Contains(d)).ToList())
            {
                unpacked.Remove(diffId);
                record.Forget(diffId);
            }
        }
    }

    private static string DirectoryOf(StoragePaths paths) => Path.Combine(paths.Data, "staged");

    private UnpackedLayer Ensure(LayerSpec spec, CancellationToken cancellationToken)
    {
        var record = StagedRecord.Read(Path.Combine(_directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{spec.Scope}\0{spec.Name}")))));
        var identity = cache.Identify(spec, LayerCompression.None);
        // Where none was made before, reading would only show that there is none.
        if (!record.IsEmpty)
        {
            identity.HashUnknown(1, cancellationToken);
            identity.Records.Save();
            if (record.Find(identity.Key) is { } diffId && unpacked.Find(diffId) is { } there)
            {
                record.Use(identity.Key, diffId);
                return there;
            }
        }

        var made = Make(spec, identity, cancellationToken);
        identity.Records.Save();
        record.Use(identity.Key, made.DiffId);
        return made;
    }

    private UnpackedLayer Make(LayerSpec spec, LayerIdentity identity, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var write = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        using var read = new AnonymousPipeClientStream(PipeDirection.In, write.ClientSafePipeHandle);
        var writing = Background.Run(() => Write(spec, identity, write, stop.Token));
        try
        {
            return unpacked.Add(spec.Name, read, () => writing.GetAwaiter().GetResult(), stop.Token);
        }
        catch (Exception e)
        {
            // Who writes sees a pipe that nobody reads. Where he was the first to fail, we have only seen the tar's early end.
            stop.Cancel();
            read.Dispose();
            Background.Settle(writing);
            cancellationToken.ThrowIfCancellationRequested();
            throw writing.Exception?.InnerException is ContainerizeException first ? first : e;
        }
    }

    private static LayerSpec Write(LayerSpec spec, LayerIdentity identity, AnonymousPipeServerStream pipe, CancellationToken cancellationToken)
    {
        using (pipe)
        using (var tar = new TarWriter(pipe, spec.ModifiedTime))
        {
            for (var i = 0; i < spec.Entries.Count; i++)
            {
                identity.Write(i, tar, cancellationToken);
            }

            tar.Finish();
        }

        return spec;
    }
}
