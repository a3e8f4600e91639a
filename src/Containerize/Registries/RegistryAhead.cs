using System.Collections.Concurrent;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Threading;

namespace Containerize.Registries;

/// <summary>Layers that go to a repository while the image that will have them is still being made.</summary>
/// <remarks>
/// Nothing is asked before there is a layer that was made just now: an image that has none is mostly there already, which one question for its
/// tag answers.
/// </remarks>
/// <param name="isThere">Whether the repository has a blob.</param>
/// <param name="upload">Brings a layer there.</param>
/// <param name="threads">How many layers may be on their way at once.</param>
/// <param name="cancellationToken">Cancels all of it.</param>
internal sealed class RegistryAhead(
    Func<Descriptor, CancellationToken, bool> isThere, RegistryUpload upload, int threads, CancellationToken cancellationToken)
{
    private readonly ConcurrentDictionary<Digest, TaskCompletionSource<Layer>> _layers = new();
    private readonly Queue<Item> _waiting = new();
    private readonly Queue<Task<UploadSession>> _opened = new();
    private readonly List<Task<object>> _working = [];
    private readonly Lock _one = new();
    private int _idle = threads;
    private bool _begun;

    /// <summary>See <see cref="IEarlyDestination.Expect"/>: opens the layer's upload, which needs no digest.</summary>
    public void Expect()
    {
        var opening = Background.Run(() => upload.Open(cancellationToken));
        lock (_one)
        {
            _opened.Enqueue(opening);
        }
    }

    /// <summary>See <see cref="IEarlyDestination.Announce"/>.</summary>
    public void Announce(Layer layer, bool isNew)
    {
        if (MediaTypes.IsForeignLayer(layer.Descriptor.MediaType))
        {
            return;
        }

        lock (_one)
        {
            if (!_layers.TryAdd(layer.Descriptor.Digest, new TaskCompletionSource<Layer>(TaskCreationOptions.RunContinuationsAsynchronously)))
            {
                return;
            }

            _waiting.Enqueue(new Item(layer, isNew));
            _begun |= isNew;
            for (var more = _begun ? Math.Min(_idle, _waiting.Count) : 0; more > 0; more--)
            {
                _idle--;
                _working.Add(Background.Run<object>(WorkOff));
            }
        }
    }

    /// <summary>Whether a blob is or will be brought there.</summary>
    public bool Has(Descriptor blob)
    {
        lock (_one)
        {
            return _begun && _layers.ContainsKey(blob.Digest);
        }
    }

    /// <summary>Waits until one of these is there; fails as its sending did.</summary>
    public void Await(Descriptor blob) => _layers[blob.Digest].Task.GetAwaiter().GetResult();

    /// <summary>Waits until nothing is being sent, and gives up the uploads that nobody needed.</summary>
    public void Settle()
    {
        // Nobody announces any more.
        foreach (var working in _working)
        {
            Background.Settle(working);
        }

        while (_opened.TryDequeue(out var opening))
        {
            Background.Settle(opening);
            if (!opening.IsCompletedSuccessfully)
            {
                continue;
            }

            if (cancellationToken.IsCancellationRequested)
            {
                upload.AbandonQuickly(opening.Result);
            }
            else
            {
                upload.Abandon(opening.Result, cancellationToken);
            }
        }
    }

    private RegistryAhead WorkOff()
    {
        while (Next() is { } item)
        {
            Send(item, _layers[item.Layer.Descriptor.Digest]);
        }

        return this;
    }

    private Item? Next()
    {
        lock (_one)
        {
            if (_waiting.TryDequeue(out var item))
            {
                return item;
            }

            _idle++;
            return null;
        }
    }

    private void Send(Item item, TaskCompletionSource<Layer> done)
    {
        var layer = item.Layer;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!isThere(layer.Descriptor, cancellationToken))
            {
                upload.Write(
                    new BlobRequest(layer.Descriptor, layer.Source) { Opened = item.IsNew ? Opened() : null, Stop = cancellationToken }, cancellationToken);
            }

            done.SetResult(layer);
        }
        catch (Exception e)
        {
            // It is the image's failure, told when it is written.
            done.SetException(e);
        }
    }

    // An upload that was opened ahead; null where none was, or it failed: then it is opened again, and fails as it does.
    private UploadSession? Opened()
    {
        Task<UploadSession>? opening;
        lock (_one)
        {
            _opened.TryDequeue(out opening);
        }

        if (opening is null)
        {
            return null;
        }

        Background.Settle(opening);
        return opening.IsCompletedSuccessfully ? opening.Result : null;
    }

    private sealed record Item(Layer Layer, bool IsNew);
}
