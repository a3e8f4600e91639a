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
internal sealed class RegistryAhead(Func<Descriptor, CancellationToken, bool> isThere, RegistryUpload upload, int threads)
{
    private readonly ConcurrentDictionary<Digest, TaskCompletionSource<Layer>> _layers = new();
    private readonly Queue<Layer> _waiting = new();
    private readonly List<Task<object>> _working = [];
    private readonly Lock _one = new();
    private int _idle = threads;
    private bool _begun;

    /// <summary>See <see cref="IEarlyDestination.Announce"/>.</summary>
    public void Announce(Layer layer, bool isNew, CancellationToken cancellationToken)
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

            _waiting.Enqueue(layer);
            _begun |= isNew;
            for (var more = _begun ? Math.Min(_idle, _waiting.Count) : 0; more > 0; more--)
            {
                _idle--;
                _working.Add(Background.Run<object>(() => WorkOff(cancellationToken)));
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

    /// <summary>Waits until nothing is being sent.</summary>
    public void Settle()
    {
        // Nobody announces any more.
        foreach (var working in _working)
        {
            Background.Settle(working);
        }
    }

    private RegistryAhead WorkOff(CancellationToken cancellationToken)
    {
        while (Next() is { } layer)
        {
            Send(layer, _layers[layer.Descriptor.Digest], cancellationToken);
        }

        return this;
    }

    private Layer? Next()
    {
        lock (_one)
        {
            if (_waiting.TryDequeue(out var layer))
            {
                return layer;
            }

            _idle++;
            return null;
        }
    }

    private void Send(Layer layer, TaskCompletionSource<Layer> done, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!isThere(layer.Descriptor, cancellationToken))
            {
                upload.Write(layer.Descriptor, layer.Source, cancellationToken);
            }

            done.SetResult(layer);
        }
        catch (Exception e)
        {
            // It is the image's failure, told when it is written.
            done.SetException(e);
        }
    }
}
