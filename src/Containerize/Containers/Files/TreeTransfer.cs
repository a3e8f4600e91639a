using System.IO.Pipes;
using Containerize.Layers;
using Containerize.Linux;
using Containerize.Threading;

namespace Containerize.Containers.Files;

/// <summary>Copies a tree into a directory: a tar between two threads, so that nothing is known of a file on one side but what a tar says of it.</summary>
internal static class TreeTransfer
{
    /// <summary>Copies it.</summary>
    /// <param name="node">What.</param>
    /// <param name="path">Its path in the directory; empty: what is in it comes there.</param>
    /// <param name="directory">Where to; open for reading, and closed in the end.</param>
    /// <param name="extraction">How.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static void Run(OpenedNode node, byte[] path, Descriptor directory, TarExtraction extraction, CancellationToken cancellationToken)
    {
        using var input = new AnonymousPipeServerStream(PipeDirection.In);
        var output = new AnonymousPipeClientStream(PipeDirection.Out, input.ClientSafePipeHandle);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = Background.Run<object>(() =>
        {
            using (output)
            {
                Archive(node, path, output, extraction.Doing, stop.Token);
            }

            return output;
        });
        try
        {
            extraction.Run(input, directory, cancellationToken);
        }
        catch
        {
            stop.Cancel();
            input.Dispose();
            Background.Settle(writing);
            // Why the tar ended early says more than that it did; that nobody reads it any more says less.
            if (writing.Exception?.InnerException is { } why and not (IOException or OperationCanceledException))
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(why);
            }

            throw;
        }

        writing.GetAwaiter().GetResult();
    }

    /// <summary>Writes a tree as a tar.</summary>
    public static void Archive(OpenedNode node, byte[] path, Stream output, string doing, CancellationToken cancellationToken)
    {
        using var tar = new TarWriter(output, LayerSpec.DefaultTime);
        try
        {
            new TreeArchiver(tar, wholeSeconds: false, doing, cancellationToken).Write(node, path);
        }
        catch (SyscallException e)
        {
            throw new ContainerizeException(5052, doing, e.Message, "Check that you may read what is copied.", e);
        }

        tar.Finish();
    }
}
