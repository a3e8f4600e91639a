using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Seccomp;

/// <summary>A comparison of one argument with a constant, unsigned as libseccomp's are.</summary>
/// <param name="Index">Which argument, 0 to 5.</param>
/// <param name="Comparison">The comparison.</param>
/// <param name="Value">What it is compared with.</param>
/// <param name="Mask">The bits that are compared; all but for a masked one.</param>
internal readonly record struct ArgumentCondition(int Index, ArgumentComparison Comparison, ulong Value, ulong Mask)
{
    /// <summary>Whether every argument is right.</summary>
    public bool IsAlways => Mask == 0;

    /// <summary>Reads a profile's comparison.</summary>
    /// <exception cref="ContainerizeException">There is no such argument or operator.</exception>
    public static ArgumentCondition Parse(SyscallArgument argument)
    {
        const int Last = 5;
        if (argument.Index > Last)
        {
            throw SeccompErrors.Invalid($"a rule is about argument {argument.Index}", "System calls have the arguments 0 to 5.");
        }

        var comparison = argument.Op switch
        {
            "SCMP_CMP_NE" => ArgumentComparison.NotEqual,
            "SCMP_CMP_LT" => ArgumentComparison.Less,
            "SCMP_CMP_LE" => ArgumentComparison.LessOrEqual,
            "SCMP_CMP_EQ" => ArgumentComparison.Equal,
            "SCMP_CMP_GE" => ArgumentComparison.GreaterOrEqual,
            "SCMP_CMP_GT" => ArgumentComparison.Greater,
            "SCMP_CMP_MASKED_EQ" => ArgumentComparison.MaskedEqual,
            _ => throw SeccompErrors.Invalid($"the operator \"{argument.Op}\" is unknown", "Write one such as SCMP_CMP_EQ."),
        };

        // The mask comes first, then the value (seccomp_rule_add(3)).
        return comparison == ArgumentComparison.MaskedEqual
            ? new((int)argument.Index, comparison, argument.ValueTwo & argument.Value, argument.Value)
            : new((int)argument.Index, comparison, argument.Value, ulong.MaxValue);
    }

    /// <summary>The same of the lower half of the argument.</summary>
    public ArgumentCondition Narrow() => this with { Value = (uint)Value, Mask = (uint)Mask };
}
