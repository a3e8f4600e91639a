using System.Collections.Concurrent;
using System.Net;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>Brings one blob into a repository: found there, mounted from another, taken up where it was cut, or sent (distribution-spec, "Pushing blobs").</summary>
internal sealed class RegistryUpload(RegistryHttp http, Reference reference)
{
    private const int MostUnknown = 3;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private readonly RegistryMounts _mounts = new(http, reference);
    private readonly RegistryScope _scope = new(reference.Repository, RegistryAction.Push);

    private readonly ConcurrentQueue<Digest> _layers = new();

    private string Place => $"{reference.Registry}/{reference.Repository}";

    /// <summary>Whether the repository has the blob.</summary>
    internal bool Exists(Descriptor blob, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Head, Address($"blobs/{blob.Digest}"), $"looking for the blob {blob.Digest} in {Place}") { Scope = _scope };
        using var response = http.Send(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Opens an upload for a blob that may not be known yet.</summary>
    internal UploadSession Open(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, Address("blobs/uploads/"), $"opening an upload to {Place}")
        {
            Scope = _scope,
            Content = static _ => new ByteArrayContent([]),
        };
        using var response = http.Send(request, [HttpStatusCode.Accepted, HttpStatusCode.Created], cancellationToken);
        return Session(response, request.Doing);
    }

    /// <summary>Gives up an upload that was opened and is not needed; what the registry says to that does not matter.</summary>
    internal void Abandon(UploadSession session, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Delete, session.Location, $"giving up an upload to {Place}") { Scope = _scope, Once = true };
        try
        {
            http.Send(request, cancellationToken).Dispose();
        }
        catch (ContainerizeException)
        {
            // It ends by itself.
        }
    }

    /// <summary>Gives up an upload after the user's wish to end, which does not wait for a registry.</summary>
    internal void AbandonQuickly(UploadSession session)
    {
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            Abandon(session, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It ends by itself.
        }
    }

    /// <summary>Brings the blob there.</summary>
    internal void Write(BlobRequest request, CancellationToken cancellationToken)
    {
        Bring(request, cancellationToken);
        if (request.Blob.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig))
        {
            _layers.Enqueue(request.Blob.Digest);
        }
    }

    /// <summary>Remembers, of a push that succeeded, where layers are now: others may be mounted from here.</summary>
    internal void Remember()
    {
        http.Places.Add(reference.Repository, [.. _layers]);
        _layers.Clear();
    }

    private Uri Address(string path) => new(http.Endpoint.Base, $"v2/{reference.Repository}/{path}");

    private void Bring(BlobRequest request, CancellationToken cancellationToken)
    {
        var doing = $"writing the blob {request.Blob.Digest} to {Place}";
        using var note = request.IsLarge ? http.Uploads?.Open($"{Place}@{request.Blob.Digest}") : null;
        var session = request.Opened;
        try
        {
            if (!request.IsForced && TryMount(request, doing, ref session, cancellationToken))
            {
                return;
            }

            var unknown = 0;
            for (var broken = 0; ;)
            {
                var sending = new BlobSending(http, _scope, request, doing);
                session = Resumed(note, sending, session, doing, cancellationToken) ?? session ?? Open(cancellationToken);
                note?.Keep(session.Location);
                var current = session;
                var end = sending.Send(current, () => Exists(request.Blob, cancellationToken), () => note?.Keep(current.Location), cancellationToken);
                note?.Forget();
                if (end == UploadEnd.Done)
                {
                    return;
                }

                session = null;
                if (end == UploadEnd.Broken ? ++broken >= RegistryRetry.Tries : ++unknown > MostUnknown)
                {
                    throw new ContainerizeException(
                        4040,
                        doing,
                        $"the registry lost the upload {unknown + broken} times{(sending.LastWords is { } words ? $"; {words}" : "")}",
                        "Try again; if it stays so, look at the registry and at what is before it.");
                }
            }
        }
        catch (OperationCanceledException) when (session is not null && request.Stop.IsCancellationRequested)
        {
            note?.Forget();
            AbandonQuickly(session);
            throw;
        }
    }

    // An upload of an earlier push that was cut or killed, where the registry still has it.
    private UploadSession? Resumed(UploadNote? note, BlobSending sending, UploadSession? opened, string doing, CancellationToken cancellationToken)
    {
        if (note?.Location is not { } location || http.RefusesChunks)
        {
            return null;
        }

        var session = new UploadSession(http.Next(http.Endpoint.Base, location, doing));
        if (!sending.Ask(session, cancellationToken) || session.Offset == 0)
        {
            note.Forget();
            return null;
        }

        if (opened is not null)
        {
            Abandon(opened, cancellationToken);
        }

        http.Options.Report($"{Place} has {session.Offset} of the {sending.Size} bytes of a blob from an earlier push; the rest is sent.");
        return session;
    }

    // True where the blob was mounted. A refused mount may open an upload by itself (202), which is used.
    private bool TryMount(BlobRequest request, string doing, ref UploadSession? session, CancellationToken cancellationToken)
    {
        foreach (var from in _mounts.Candidates(request))
        {
            if (_mounts.TryMount(request, from, doing, out var refusal, cancellationToken))
            {
                if (session is not null)
                {
                    Abandon(session, cancellationToken);
                }

                return true;
            }

            using (refusal)
            {
                if (refusal is not { StatusCode: HttpStatusCode.Accepted, Headers.Location: not null })
                {
                    continue;
                }

                var another = Session(refusal, doing);
                if (session is null)
                {
                    session = another;
                }
                else
                {
                    Abandon(another, cancellationToken);
                }
            }
        }

        return false;
    }

    private UploadSession Session(HttpResponseMessage response, string doing)
    {
        if (response.Headers.Location is null)
        {
            throw RegistryErrors.Protocol(doing, "the registry opened an upload without saying where (no Location)");
        }

        var from = response.RequestMessage!.RequestUri!;
        var session = new UploadSession(from);
        session.Follow(response, 0, location => http.Next(from, location, doing));
        session.Offset = 0;
        return session;
    }
}
