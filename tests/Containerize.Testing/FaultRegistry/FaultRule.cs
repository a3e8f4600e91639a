namespace Containerize.Testing;

/// <summary>Which requests fail, and how: of those that it is for, the first, the nth, or all.</summary>
public sealed class FaultRule(string? method, string path)
{
    private readonly Dictionary<int, Fault> _faults = [];
    private Fault? _always;
    private int _seen;

    /// <summary>Fails the first.</summary>
    public FaultRule First(Fault fault) => Nth(1, fault);

    /// <summary>Fails the nth, counted from 1.</summary>
    public FaultRule Nth(int n, Fault fault)
    {
        _faults[n] = fault;
        return this;
    }

    /// <summary>Fails the first so many.</summary>
    public FaultRule Times(int times, Fault fault)
    {
        for (var n = 1; n <= times; n++)
        {
            _faults[n] = fault;
        }

        return this;
    }

    /// <summary>Fails all that nothing else was said of.</summary>
    public FaultRule Always(Fault fault)
    {
        _always = fault;
        return this;
    }

    internal Fault? Next(RecordedRequest request) =>
        (method is null || method == request.Method) && request.Target.Contains(path, StringComparison.Ordinal)
            ? _faults.GetValueOrDefault(++_seen) ?? _always
            : null;
}
