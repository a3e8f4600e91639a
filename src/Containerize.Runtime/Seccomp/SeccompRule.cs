using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Seccomp;

/// <summary>A profile's rule, read: names, and what they do under which conditions, one alternative after the other.</summary>
/// <param name="Names">The names of the calls.</param>
/// <param name="Action">Of <see cref="SeccompAction"/>.</param>
/// <param name="Alternatives">Each a set of conditions that must all hold; one empty set where there are none.</param>
internal sealed record SeccompRule(IReadOnlyList<string> Names, uint Action, ArgumentCondition[][] Alternatives)
{
    /// <summary>Reads a rule.</summary>
    /// <exception cref="ContainerizeException">It is not valid.</exception>
    public static SeccompRule Parse(SyscallRule rule)
    {
        var action = SeccompAction.Parse(rule.Action, rule.ErrnoRet);
        if (rule.Names is not { Count: > 0 } names)
        {
            throw SeccompErrors.Invalid("a rule has no names", "Name its calls, or leave it out.");
        }

        foreach (var name in names)
        {
            if (string.IsNullOrEmpty(name))
            {
                throw SeccompErrors.Invalid("a rule has an empty name", "Leave it out.");
            }

            // write as with runc. sendmsg is how the listener gets its descriptor, from a thread that is under the filter already:
            // it would wait for itself.
            if (name is "write" or "sendmsg" && action == SeccompAction.Notify)
            {
                throw SeccompErrors.Invalid($"SCMP_ACT_NOTIFY cannot be used for the {name} syscall", "Handle the calls that give the program its descriptors instead.");
            }
        }

        return new(names, action, Read(rule.Args ?? []));
    }

    // Two conditions on one argument are two rules, as all tools that read profiles have it (libcontainer/seccomp).
    private static ArgumentCondition[][] Read(IReadOnlyList<SyscallArgument> arguments)
    {
        var conditions = new ArgumentCondition[arguments.Count];
        var seen = 0;
        var repeats = false;
        for (var i = 0; i < conditions.Length; i++)
        {
            conditions[i] = ArgumentCondition.Parse(arguments[i]);
            repeats |= (seen & (1 << conditions[i].Index)) != 0;
            seen |= 1 << conditions[i].Index;
        }

        return repeats ? Array.ConvertAll(conditions, condition => new[] { condition }) : [conditions];
    }
}
