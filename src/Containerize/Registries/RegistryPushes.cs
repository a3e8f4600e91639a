using Containerize.Images;
using Containerize.Layers;
using Containerize.Threading;

namespace Containerize.Registries;

/// <summary>Writes to several repositories as if they were one: everything goes everywhere first, then the tags move.</summary>
/// <remarks>So a registry that fails does so before anybody sees the image at another.</remarks>
internal sealed class RegistryPushes(IReadOnlyList<RegistryPush> pushes) : IEarlyDestination
{
    public string Name => string.Join(", ", pushes.Select(p => p.Name));

    public void Begin(CancellationToken cancellationToken)
    {
        foreach (var push in pushes)
        {
            push.Begin(cancellationToken);
        }
    }

    public void Expect()
    {
        foreach (var push in pushes)
        {
            push.Expect();
        }
    }

    public void Announce(Layer layer, bool isNew)
    {
        foreach (var push in pushes)
        {
            push.Announce(layer, isNew);
        }
    }

    public void Settle()
    {
        foreach (var push in pushes)
        {
            push.Settle();
        }
    }

    public Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        var sent = new SentImage?[pushes.Count];
        Workers.Run(
            pushes.Count,
            pushes.Count,
            (i, token) => sent[i] = pushes[i].SendAsync(artifact, byDigest: true, token).GetAwaiter().GetResult(),
            cancellationToken);
        Workers.Run(
            pushes.Count,
            pushes.Count,
            (i, token) =>
            {
                if (sent[i] is { } image)
                {
                    pushes[i].Tag(image, token);
                }
            },
            cancellationToken);
        return Task.CompletedTask;
    }
}
