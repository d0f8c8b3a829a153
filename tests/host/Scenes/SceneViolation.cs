using System;

namespace DoorController.Tests.Scenes
{
    /// <summary>A promise was broken: the scene ends here.</summary>
    /// <param name="promise">Which one, in words that stay the same while a scene is shrunk.</param>
    /// <param name="detail">What happened.</param>
    internal sealed class SceneViolation(string promise, string detail) : Exception(promise + ": " + detail)
    {
        public string Promise { get; } = promise;
    }
}
