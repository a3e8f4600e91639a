namespace Containerize.Runtime.Seccomp;

/// <summary>Writes a program from its end to its beginning, as jumps of classic BPF only lead forward: each target exists before its jump.</summary>
/// <remarks>
/// A place is the number of instructions from the end of the program. Whatever is written says what it goes on with; nothing falls through.
/// </remarks>
internal sealed class BpfAssembler
{
    // What a conditional jump can pass over is one byte.
    private const int Reach = byte.MaxValue;

    private readonly List<BpfInstruction> _reversed = [];
    private readonly Dictionary<uint, int> _returns = [];

    /// <summary>How many instructions there are.</summary>
    public int Count => _reversed.Count;

    /// <summary>The program, in the order in which it runs.</summary>
    public BpfInstruction[] ToProgram()
    {
        var program = _reversed.ToArray();
        Array.Reverse(program);
        return program;
    }

    /// <summary>A return that is near; written anew where the last one is out of a jump's reach, which costs as much as a longer jump.</summary>
    public int Return(uint value)
    {
        // Six for what a condition of one argument may write before it jumps here.
        if (_returns.TryGetValue(value, out var place) && Distance(place) < Reach - 6)
        {
            return place;
        }

        _returns[value] = Write(BpfInstruction.Return, value);
        return _returns[value];
    }

    /// <summary>Loads a word of struct seccomp_data.</summary>
    /// <param name="offset">Which.</param>
    /// <param name="next">What to go on with.</param>
    public int Load(uint offset, int next) => WriteBefore(next, BpfInstruction.Load, offset);

    /// <summary>Keeps only these bits of what was loaded.</summary>
    /// <param name="mask">Which.</param>
    /// <param name="next">What to go on with.</param>
    public int And(uint mask, int next) => WriteBefore(next, BpfInstruction.And, mask);

    /// <summary>A jump on a condition.</summary>
    /// <param name="code">The condition, of <see cref="BpfInstruction"/>.</param>
    /// <param name="value">What the loaded word is compared with.</param>
    /// <param name="yes">Where to go if it holds.</param>
    /// <param name="no">Where to go if not.</param>
    public int Jump(ushort code, uint value, int yes, int no)
    {
        if (yes == no)
        {
            return yes;
        }

        // A far jump is written behind the conditional one. The first may put the other target out of reach too.
        if (Distance(no) >= Reach)
        {
            no = Write(BpfInstruction.Jump, (uint)Distance(no));
        }

        if (Distance(yes) > Reach)
        {
            yes = Write(BpfInstruction.Jump, (uint)Distance(yes));
        }

        _reversed.Add(new BpfInstruction(code, checked((byte)Distance(yes)), checked((byte)Distance(no)), value));
        return Count;
    }

    // From the instruction that is written next.
    private int Distance(int place) => Count - place;

    private int WriteBefore(int next, ushort code, uint value)
    {
        if (next != Count)
        {
            Write(BpfInstruction.Jump, (uint)Distance(next));
        }

        return Write(code, value);
    }

    private int Write(ushort code, uint value)
    {
        _reversed.Add(new BpfInstruction(code, 0, 0, value));
        return Count;
    }
}
