using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Tests.Scenes
{
    /// <summary>One thing that may happen in a scene.</summary>
    /// <param name="Name">In a word.</param>
    /// <param name="Weight">How often, beside the others.</param>
    /// <param name="Act">What it does.</param>
    internal sealed record SceneAction(string Name, int Weight, Action<SceneWorld> Act);

    /// <summary>One step of a scene: what happens, and the seed of all that is random in it, so that other steps may be left out and it stays the same.</summary>
    /// <param name="Action">Index in <see cref="All"/>.</param>
    /// <param name="Seed">Of its random numbers.</param>
    internal readonly record struct SceneStep(int Action, int Seed)
    {
        public static IReadOnlyList<SceneAction> All { get; } = [.. GuestSteps.All, .. SiteSteps.All, .. FaultSteps.All];

        private static readonly int Weights = All.Sum(a => a.Weight);

        /// <summary>Draws one.</summary>
        public static SceneStep Draw(Random random)
        {
            int dice = random.Next(Weights);
            int chosen = 0;
            while (dice >= All[chosen].Weight)
            {
                dice -= All[chosen++].Weight;
            }

            return new SceneStep(chosen, random.Next());
        }
    }
}
