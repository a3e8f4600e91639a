namespace Containerize.Runtime.Commands;

/// <summary>The keys that leave a terminal's container to itself, as docker has them: <c>ctrl-p,ctrl-q</c>.</summary>
internal sealed class DetachKeys
{
    private readonly byte[] _keys;
    private int _typed;

    private DetachKeys(byte[] keys) => _keys = keys;

    /// <summary>Reads a list; an empty one never leaves. CTZ6007 for another text.</summary>
    public static DetachKeys Parse(string text)
    {
        var keys = new List<byte>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            keys.Add(part switch
            {
                { Length: 1 } when part[0] < 128 => (byte)part[0],
                ['c', 't', 'r', 'l', '-', >= 'a' and <= 'z'] => (byte)(part[5] - 'a' + 1),
                "ctrl-@" => 0,
                "ctrl-[" => 27,
                "ctrl-\\" => 28,
                "ctrl-]" => 29,
                "ctrl-^" => 30,
                "ctrl-_" => 31,
                _ => throw Options.Bad("attach", $"--detach-keys {text}: '{part}' is no key; write letters and ctrl-LETTER with commas between"),
            });
        }

        return new DetachKeys([.. keys]);
    }

    /// <summary>Looks at what was typed: what of it goes on, and whether it leaves. What may be a beginning waits.</summary>
    public (byte[] Kept, bool Leaves) Take(ReadOnlySpan<byte> typed)
    {
        var kept = new List<byte>();
        foreach (var key in typed)
        {
            if (_keys.Length > 0 && key == _keys[_typed])
            {
                if (++_typed == _keys.Length)
                {
                    _typed = 0;
                    return ([.. kept], true);
                }

                continue;
            }

            kept.AddRange(_keys.AsSpan(0, _typed));
            _typed = _keys.Length > 0 && key == _keys[0] ? 1 : 0;
            if (_typed == 0)
            {
                kept.Add(key);
            }
        }

        return ([.. kept], false);
    }
}
