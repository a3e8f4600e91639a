using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Containerize.Registries.Credentials;

namespace Containerize.Registries;

/// <summary>Sends requests to one registry: redirects, credentials, repetition and time limits are its own.</summary>
/// <remarks>
/// A request holds up its thread. Few go at once, and the asynchronous halves of everything on a request's way are code that only the just-in-time
/// compiler can make: half of what the first request of a process costs (docs/architecture.md, decision 12).
/// </remarks>
internal sealed class RegistryHttp(RegistryEndpoint endpoint, RegistryOptions options) : IDisposable
{
    private const int MaxRedirects = 10;

    // One that was given to another request may run out before this one is read; of a mount, which may be refused, nobody asks so much.
    private const int TokenTries = 2;

    // The answer to an upload comes after the registry has stored it, which may take long for gigabytes.
    private const int UploadPatience = 5;

    private readonly RegistryTransport _transport = new(options);
    private readonly Uri _asked = endpoint.Base;
    private volatile RegistryEndpoint _endpoint = endpoint;

    private readonly Lock _first = new();

    // Whether it is known to speak what we speak, or to have been tried.
    private volatile bool _settled;

    // Whether it was there; then it is coming back where it is not now.
    private volatile bool _answered;
    private RegistryAuthorization? _authorization;

    /// <summary>Where it is reached; the first requests may find out that it speaks the other scheme.</summary>
    internal RegistryEndpoint Endpoint => _endpoint;

    internal RegistryOptions Options { get; } = options;

    internal RegistryRetry Retry { get; } = new(endpoint.Registry, options);

    /// <summary>Uploads that may be taken up again; null where none are remembered.</summary>
    internal UploadJournal? Uploads { get; } = options.Journal is null ? null : new UploadJournal(Path.Combine(options.Journal, "uploads"), options.Time);

    /// <summary>Downloads that may be taken up again; null where none are kept.</summary>
    internal PartialBlobs? Downloads { get; } = options.Journal is null ? null : new PartialBlobs(Path.Combine(options.Journal, "downloads"));

    /// <summary>Where the registry has which blobs.</summary>
    internal BlobPlaces Places { get; } = new(options.Journal is null ? null : Path.Combine(options.Journal, "places"), endpoint.Registry);

    /// <summary>How much of a blob goes with one request, as was found out; 0 for all of it.</summary>
    internal long Chunk { get; set; }

    /// <summary>Whether the registry was found to take blobs in one piece only.</summary>
    internal bool RefusesChunks { get; set; }

    // Several first requests may go at once, and all need the same one.
    private RegistryAuthorization Authorization =>
        _authorization ?? Interlocked.CompareExchange(ref _authorization, new RegistryAuthorization(this), null) ?? _authorization;

    public void Dispose() => _transport.Dispose();

    internal RegistryCredential? CredentialOf(RegistryScope scope) => Authorization.CredentialOf(scope);

    /// <summary>Sends a request until there is an answer that repetition would not change; its headers are read, its body is not.</summary>
    internal HttpResponseMessage Send(RegistryRequest request, CancellationToken cancellationToken)
    {
        var asked = 0;
        for (var attempt = 1; ; attempt++)
        {
            HttpResponseMessage response;
            var spoken = Endpoint;
            var header = Authorization.HeaderFor(request.Scope, request.Doing, cancellationToken);
            try
            {
                response = Follow(request, header, cancellationToken);
            }
            catch (HttpRequestException e) when (MayHaveChanged(spoken) && SpeaksOther(spoken, e))
            {
                attempt--;
                continue;
            }
            catch (Exception e) when (!request.Once && IsNobodyHere(e) && attempt < RegistryRetry.TriesOfNobody)
            {
                Retry.WaitBriefly(attempt, cancellationToken);
                continue;
            }
            catch (Exception e) when (!request.Once && !IsNobodyHere(e) && RegistryRetry.IsWorthIt(e, attempt))
            {
                Retry.WaitAfter(e, attempt, cancellationToken);
                continue;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw RegistryErrors.NoAnswer(request.Doing, e, attempt, Options.StallLimit);
            }

            _answered = true;
            if (MayHaveChanged(spoken) && SpeaksOther(spoken, response, cancellationToken))
            {
                response.Dispose();
                attempt--;
                continue;
            }

            _settled = true;
            if (response.StatusCode == HttpStatusCode.Unauthorized && asked < (request.Scope.MountFrom is null ? TokenTries : 1) && Endpoint.IsOrigin(response.RequestMessage!.RequestUri!))
            {
                asked++;
                attempt--;
                using (response)
                {
                    if (Authorization.Answer(request.Scope, response, header, request.Doing, cancellationToken))
                    {
                        continue;
                    }

                    throw RegistryErrors.From(request.Doing, response, CredentialOf(request.Scope), cancellationToken);
                }
            }

            if (!request.Once && attempt < RegistryRetry.Tries && RegistryRetry.IsTransient(response.StatusCode))
            {
                var after = response.Headers.RetryAfter;
                response.Dispose();
                Retry.Wait(attempt, after, cancellationToken);
                continue;
            }

            return response;
        }
    }

    /// <summary>Sends a request whose answer must have one of these codes; else it fails with the registry's words.</summary>
    internal HttpResponseMessage Send(RegistryRequest request, HttpStatusCode[] expected, CancellationToken cancellationToken)
    {
        var response = Send(request, cancellationToken);
        foreach (var status in expected)
        {
            if (status == response.StatusCode)
            {
                return response;
            }
        }

        using (response)
        {
            throw RegistryErrors.From(request.Doing, response, CredentialOf(request.Scope), cancellationToken);
        }
    }

    /// <summary>One exchange with one address, with no redirects.</summary>
    internal HttpResponseMessage Exchange(HttpRequestMessage message, string doing, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = Options.Time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, Options.StallLimit, Timeout.InfiniteTimeSpan);
        if (message.Content is ProgressContent content)
        {
            content.Progress = last => timer.Change(last ? Options.StallLimit * UploadPatience : Options.StallLimit, Timeout.InfiniteTimeSpan);
        }

        try
        {
            return _transport.For(Endpoint, message.RequestUri!).Send(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("no answer came in time", RegistryErrors.Stalled(doing, Options.StallLimit, e));
        }
        catch (SocketException e)
        {
            // Of a connection that is lost as soon as it is made: the client asks it whose it is, and passes on what it says.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the connection was lost", e);
        }
    }

    /// <summary>The body of an answer, at most this many bytes of it; CTZ4003 where it stands still.</summary>
    internal static byte[] ReadBody(HttpResponseMessage response, int most, TimeSpan limit, string doing, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(limit);
        try
        {
            using var body = response.Content.ReadAsStream(stop.Token);
            using var bytes = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (bytes.Length < most)
            {
                var wanted = buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - bytes.Length));
                // Mostly it is there already; only the asynchronous read can be cancelled.
                var count = body.ReadAsync(wanted, stop.Token).AsTask().GetAwaiter().GetResult();
                if (count == 0)
                {
                    break;
                }

                bytes.Write(buffer, 0, count);
                stop.CancelAfter(limit);
            }

            return bytes.ToArray();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw RegistryErrors.Stalled(doing, limit, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw RegistryErrors.Unreachable(doing, e);
        }
    }

    // On this machine it is known at once that a registry is not there; elsewhere one may be restarted behind its address.
    private bool IsNobodyHere(Exception e) => !_answered && RegistryEndpoint.IsLoopback(Endpoint.Base) && RegistryRetry.IsRefused(e);

    // Several requests may be the first, and one finds out for all.
    private bool MayHaveChanged(RegistryEndpoint spoken) => !_settled || Endpoint != spoken;

    // Go's servers answer http with 400 and these words, nginx with others that have HTTPS in them too; some just close. The answer to HEAD, with which
    // a push begins, has no words: then it is tried.
    private bool SpeaksOther(RegistryEndpoint spoken, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        const int MostWords = 4096;
        if (response.StatusCode != HttpStatusCode.BadRequest || !spoken.IsPlain || !spoken.MayChange)
        {
            return false;
        }

        if (response.RequestMessage!.Method == HttpMethod.Head)
        {
            return Change(spoken, static at => RegistryTransport.SpeaksTls(at.Base));
        }

        var words = System.Text.Encoding.UTF8.GetString(ReadBody(response, MostWords, Options.StallLimit, "reading a refusal", cancellationToken));
        return words.Contains("HTTPS", StringComparison.Ordinal) && Change(spoken, static _ => true);
    }

    private bool SpeaksOther(RegistryEndpoint spoken, HttpRequestException failure) => spoken.MayChange && Change(spoken, at => at.IsPlain
        ? failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError) && RegistryTransport.SpeaksTls(at.Base)
        : at.IsInsecure && (failure.HttpRequestError == HttpRequestError.SecureConnectionError || (failure.HttpRequestError == HttpRequestError.ConnectionError && at.Base.IsDefaultPort)));

    // Once, and never from https to http but where the user says that this registry needs no certificate.
    private bool Change(RegistryEndpoint spoken, Func<RegistryEndpoint, bool> speaksOther)
    {
        lock (_first)
        {
            if (!_settled && Endpoint == spoken)
            {
                _settled = true;
                if (speaksOther(spoken))
                {
                    _endpoint = spoken.Other();
                    Options.Report($"{Endpoint.Registry} is reached by {Endpoint.Base.Scheme}.");
                }
            }

            return Endpoint != spoken;
        }
    }

    private HttpResponseMessage Follow(RegistryRequest request, string? header, CancellationToken cancellationToken)
    {
        var uri = Endpoint.Base == _asked ? request.Uri : new Uri(Endpoint.Base, request.Uri.PathAndQuery);
        for (var hops = 0; ; hops++)
        {
            using var message = new HttpRequestMessage(request.Method, uri);
            foreach (var type in request.Accept)
            {
                message.Headers.Accept.ParseAdd(type);
            }

            if (request.From > 0)
            {
                message.Headers.Range = new RangeHeaderValue(request.From, null);
            }

            message.Headers.TryAddWithoutValidation("User-Agent", "containerize");
            if (header is not null && Endpoint.IsOrigin(uri))
            {
                message.Headers.TryAddWithoutValidation("Authorization", header);
            }

            if (request.Content is not null)
            {
                message.Content = request.Content(cancellationToken);
            }

            var response = Exchange(message, request.Doing, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            uri = Next(uri, location, request.Doing);
            if (hops >= MaxRedirects)
            {
                throw RegistryErrors.Protocol(request.Doing, $"it was sent on more than {MaxRedirects} times");
            }
        }
    }

    /// <summary>Where a Location leads; CTZ4008 where that is not safe.</summary>
    internal Uri Next(Uri from, Uri location, string doing)
    {
        var next = location.IsAbsoluteUri && location.Scheme != Uri.UriSchemeFile ? location : ToAbsolute(from, location);
        if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttp)
        {
            throw RegistryErrors.Protocol(doing, $"the registry points to an address of the kind '{next.Scheme}:'");
        }

        if (from.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
        {
            throw RegistryErrors.Protocol(doing, $"the registry points from https to http, at {next.Host}");
        }

        if (next.UserInfo.Length > 0)
        {
            throw RegistryErrors.Protocol(doing, "the registry points to an address with a user name in it");
        }

        // Another host may be any storage on the internet, but not this machine or its network (SSRF).
        return !Endpoint.IsOrigin(next) && RegistryEndpoint.IsPrivate(next) && !RegistryEndpoint.IsPrivate(Endpoint.Base)
            ? throw RegistryErrors.Protocol(doing, $"the registry points to the private address {next.Host}")
            : next;
    }

    // "/v2/..." is an absolute file path to Uri on Unix, and a relative address here.
    private static Uri ToAbsolute(Uri from, Uri location) =>
        location.OriginalString.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? location : new Uri(from, location.OriginalString);
}
