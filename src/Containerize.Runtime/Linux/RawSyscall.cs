using System.Runtime;
using System.Runtime.CompilerServices;

#pragma warning disable IDE0130, SA1403 // The compiler knows the attribute by its full name, and only its own library has it.
namespace System.Runtime
{
    /// <summary>Binds a method to a symbol that is linked in, with no transition of the garbage collector's mode around the call.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class RuntimeImportAttribute(string library, string entryPoint) : Attribute
    {
        /// <summary>"*": whatever is linked in.</summary>
        public string Library { get; } = library;

        /// <summary>The symbol.</summary>
        public string EntryPoint { get; } = entryPoint;
    }
}

namespace Containerize.Runtime.Linux
{
    /// <summary>System calls for the child between clone and exec, where nothing of .NET may run. See <see cref="RawChild"/>.</summary>
    /// <remarks>
    /// After an ordinary P/Invoke, also one with SuppressGCTransition, the compiler polls for a garbage collection. A collection that
    /// another thread had begun when we forked never ends in the child, which has no other threads: it would wait for ever.
    /// </remarks>
    internal static unsafe class RawSyscall
    {
        [MethodImpl(MethodImplOptions.InternalCall)]
        [RuntimeImport("*", "syscall")]
        public static extern nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

        [MethodImpl(MethodImplOptions.InternalCall)]
        [RuntimeImport("*", "__errno_location")]
        public static extern int* ErrorNumber();
    }
}
#pragma warning restore IDE0130, SA1403
