namespace Containerize.Testing;

/// <summary>A request as it came, and what it was answered.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its path and query, as they were sent.</param>
/// <param name="Headers">Its headers.</param>
public sealed record RecordedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    private long _bodyBytes;
    private int _status;

    /// <summary>How much of its body has been read.</summary>
    public long BodyBytes => Interlocked.Read(ref _bodyBytes);

    /// <summary>The answer's code; 0 while there is none, or where it was cut.</summary>
    public int Status
    {
        get => IsCut ? 0 : _status;
        set => _status = value;
    }

    /// <summary>Whether the connection was cut instead of an answer.</summary>
    public bool IsCut { get; internal set; }

    /// <summary>A header; null where it has none of that name.</summary>
    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>"METHOD /path STATUS".</summary>
    public override string ToString() => $"{Method} {Target} {Status}";

    internal void Count(int bytes) => Interlocked.Add(ref _bodyBytes, bytes);
}
