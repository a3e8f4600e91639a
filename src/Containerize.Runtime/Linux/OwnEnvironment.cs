using System.Collections;

namespace Containerize.Runtime.Linux;

/// <summary>Our own environment, in the form in which it is handed on.</summary>
internal static class OwnEnvironment
{
    /// <summary>Tells us that we are the sealed copy of ourselves; nobody else is told.</summary>
    public const string Sealed = "CONTAINERIZE_RUNTIME_SEALED";

    /// <summary>Its variables, NAME=value.</summary>
    public static List<string> Variables()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is not Sealed)
            {
                variables.Add($"{variable.Key}={variable.Value}");
            }
        }

        return variables;
    }
}
