using System;
using System.Collections.Generic;

namespace DoorController.Tests.Fuzz
{
    /// <summary>One reader of bytes that come from outside.</summary>
    /// <param name="Name">In a word.</param>
    /// <param name="Corpus">Good inputs to begin with.</param>
    /// <param name="Make">Makes what reads: given bytes it says in a word what came of them, and throws when a promise was broken.</param>
    internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Corpus, Func<Func<byte[], string>> Make);

    /// <summary>An input that broke a reader.</summary>
    internal sealed class FuzzException(string target, byte[] input, Exception cause)
        : Exception($"{target}: {cause.GetType().Name}: {cause.Message}\n  input {Convert.ToHexString(input)}", cause);
}
